import { describe, expect, it } from "vitest";
import { Site } from "../governance/site.ts";

const DAY = 86_400_000;
const ahead = (days: number) => new Date(Date.now() + days * DAY).toISOString();
const SOUND = {
  id: "W-1",
  rule: "default/workspace/credential-file",
  scope: { paths: ["test/**"] },
  owner: "ada",
  reason: "test keys",
  expires: ahead(30),
};

function site(waivers: readonly object[] = [SOUND], further: Record<string, unknown> = {}): Site {
  const made = new Site();
  made.policy("governance/one", "one");
  made.write("governance/waivers.json", JSON.stringify({ version: 1, waivers }));
  made.govern({ policies: ["one"], waivers: ["waivers.json"], ...further });
  return made;
}

describe("waivers of governance", () => {
  it("are loaded with what a finding becomes, from YAML as well (GOV-16)", async () => {
    const made = site();
    expect((await made.load()).waivers).toEqual([{ ...SOUND, to: "warn" }]);
    made.write("governance/more.yaml", `version: 1\nwaivers:\n  - ${JSON.stringify({ ...SOUND, id: "W-2" })}\n`);
    made.govern({ policies: ["one"], waivers: ["waivers.json", "more.yaml"] });
    expect((await made.load()).waivers.map(({ id }) => id)).toEqual(["W-1", "W-2"]);
  });

  it("are part of the governance digest, whatever their order and file (GOV-13, GOV-16)", async () => {
    const other = { ...SOUND, id: "W-2" };
    const { digest } = await site([SOUND, other]).load();
    expect((await site([other, SOUND]).load()).digest).toBe(digest);
    for (const changed of [[SOUND], [SOUND, { ...other, expires: ahead(31) }], [SOUND, { ...other, reason: "else" }]])
      expect((await site(changed).load()).digest).not.toBe(digest);
    expect((await site([], { waivers: [] }).load()).digest).toBe((await site([]).load()).digest);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["an unknown key", { until: "x" }, /unknown key `until`/],
    ["no expiry", { expires: undefined }, /expires/],
    ["no reason", { reason: undefined }, /reason/],
    ["a blank reason", { reason: "  " }, /reason/],
    ["no owner", { owner: undefined }, /owner/],
    ["no scope", { scope: undefined }, /scope/],
    ["an empty scope", { scope: {} }, /scope/],
    ["a scope of engines only", { scope: { engines: ["exec"] } }, /neither `paths` nor `workspaces`/],
    ["a rule with a star", { rule: "default/*" }, /rule/],
    ["a policy without a rule", { rule: "default" }, /rule/],
    ["a decision to allow", { to: "allow" }, /must be one of warn, require_approval/],
    ["an expiry that is no time", { expires: "2026-02-31T00:00:00Z" }, /is no time/],
    [
      "an expiry without a zone",
      { expires: "2026-02-01T00:00:00" },
      /expires` must be a time such as 2026-12-31T00:00:00Z/,
    ],
    ["an expiry too far ahead", { expires: ahead(400) }, /366 days at the most/],
    ...["**", "*", "**/*", "**/*.*", "{src/a,**}", "[a-z]*/**", "[", ".*/**"].map(
      (glob): [string, Record<string, unknown>, RegExp] => [
        `the glob ${glob}`,
        { scope: { paths: [glob] } },
        /matches any path|cannot be read/,
      ],
    ),
  ])("with %s refuse the whole governance (GOV-17)", async (_, change, sentence) => {
    await site([{ ...SOUND, ...change }]).refused("governance_invalid", sentence);
  });

  it("with one id twice, missing, or inside of the workspace are refused (GOV-16, GOV-17)", async () => {
    await site([SOUND, SOUND]).refused("governance_invalid", /Two waivers have the id W-1/);
    const made = site();
    made.govern({ policies: ["one"], waivers: ["absent.json"] });
    await made.refused("governance_invalid", /absent\.json does not exist/);
    made.govern({ policies: ["one"], waivers: ["../outside.json"] });
    made.write("outside.json", JSON.stringify({ version: 1, waivers: [] }));
    await made.refused("governance_invalid", /leaves the governance directory/);
    const inside = made.write("workspace/waivers.json", JSON.stringify({ version: 1, waivers: [SOUND] }));
    made.govern({ policies: ["one"], waivers: [inside] });
    await made.refused("governance_invalid", /inside the workspace/);
  });

  it("are not read from the workspace (GOV-10)", async () => {
    const made = site([], { waivers: [] });
    made.write("workspace/.cabincrew/waivers.json", JSON.stringify({ version: 1, waivers: [SOUND] }));
    made.write("workspace/.cabincrew/governance.json", JSON.stringify({ version: 1, waivers: ["waivers.json"] }));
    expect((await made.load()).waivers).toEqual([]);
  });
});
