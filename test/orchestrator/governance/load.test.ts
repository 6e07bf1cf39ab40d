import { chmodSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { generateApproverKey } from "../../../orchestrator/authority/index.ts";
import { loadGovernance } from "../../../orchestrator/governance/index.ts";
import { packageRoot } from "../../../schema/index.ts";
import { Site } from "./site.ts";

const EXAMPLE = path.join(packageRoot(), "spec/examples/governance");
const authority = (ttl?: number) =>
  JSON.stringify({
    version: 1,
    people: [{ id: "ada", roles: ["operator"], keys: [generateApproverKey().publicText] }],
    ...(ttl === undefined ? {} : { approval_ttl_seconds: ttl }),
  });

describe("the governance directory", () => {
  it("is the one named explicitly before the user's (GOV-1)", async () => {
    const site = new Site();
    site.govern({ approval_ttl_seconds: 1 });
    site.govern({ approval_ttl_seconds: 2 }, "config");
    expect(await site.load()).toMatchObject({
      source: "explicit",
      directory: site.governance,
      approvalTtlSeconds: 1,
    });
    expect(await site.loadDefault()).toMatchObject({ source: "user", directory: site.config, approvalTtlSeconds: 2 });
  });

  it("is what is shipped where the user has none: every pack, no authority (GOV-1)", async () => {
    const site = new Site();
    rmSync(site.config, { recursive: true });
    const governance = await site.loadDefault();
    expect(governance).toMatchObject({ source: "default", limits: {}, engines: {}, approvalTtlSeconds: 86_400 });
    expect(governance).not.toHaveProperty("directory");
    expect(governance).not.toHaveProperty("authority");
    const packs = [...governance.policies, ...governance.models];
    expect(governance.policies.length).toBeGreaterThan(0);
    expect(governance.models.map(({ id }) => id)).toContain("credentials");
    expect(packs.filter((pack) => pack.origin !== "builtin" || pack.error !== undefined)).toEqual([]);
  });

  it("shipped as an example loads (GOV-3)", async () => {
    const site = new Site();
    const governance = await site.load({ governanceDir: EXAMPLE });
    expect(governance.policies).toMatchObject([{ origin: "builtin", data: { thresholds: { warn_lines: 200 } } }]);
    expect(governance.models).toMatchObject([{ id: "credentials", origin: "builtin" }]);
    expect(governance).toMatchObject({
      approvalTtlSeconds: 14_400,
      limits: { timeout_seconds: 1800, artifacts: 20_000 },
    });
    expect(governance.authority?.people).toHaveLength(4);
  });

  it("must exist and hold one governance file when it is named (GOV-2)", async () => {
    const site = new Site();
    await site.refused("governance_invalid", /holds no governance.yaml/);
    await site.refused("governance_invalid", /does not exist/, { governanceDir: path.join(site.root, "nowhere") });
    site.govern({});
    await site.refused("governance_invalid", /not a directory/, {
      governanceDir: path.join(site.governance, "governance.json"),
    });
    site.write("governance/governance.yaml", "version: 1\n");
    await site.refused("governance_invalid", /both governance.yaml and governance.json/);
  });

  it("of the user with a dangling link for a file is refused, not replaced by the default (GOV-2)", async () => {
    const site = new Site();
    symlinkSync("/nowhere", path.join(site.config, "governance.yaml"));
    await expect(site.loadDefault()).rejects.toMatchObject({ code: "governance_invalid" });
  });

  it("must not lie inside the workspace, not even through a link (GOV-4)", async () => {
    const site = new Site();
    site.write("workspace/rules/governance.yaml", "version: 1\n");
    const inside = path.join(site.workspace, "rules");
    await site.refused("governance_invalid", /lies inside the workspace/, { governanceDir: inside });
    symlinkSync(inside, path.join(site.root, "link"));
    await site.refused("governance_invalid", /lies inside the workspace/, {
      governanceDir: path.join(site.root, "link"),
    });
    const user = loadGovernance({ configDir: inside, workspace: site.workspace });
    await expect(user).rejects.toMatchObject({ code: "governance_invalid" });
    symlinkSync(site.workspace, path.join(site.root, "ws"));
    await site.refused("governance_invalid", /lies inside/, {
      governanceDir: inside,
      workspace: path.join(site.root, "ws"),
    });
  });

  it("beside a workspace whose name begins alike is not inside of it (GOV-4)", async () => {
    const site = new Site();
    site.govern({}, "workspace-rules");
    const governance = await site.load({ governanceDir: path.join(site.root, "workspace-rules") });
    expect(governance.source).toBe("explicit");
  });

  it("needs a workspace that exists", async () => {
    const site = new Site();
    site.govern({});
    await site.refused("workspace_invalid", /does not exist/, { workspace: path.join(site.root, "nowhere") });
  });
});

describe("the governance file", () => {
  it("of nothing loads, and leaves nothing to vouch for a plan (GOV-5)", async () => {
    const site = new Site();
    site.govern({});
    expect(await site.load()).toMatchObject({ policies: [], models: [], limits: {}, engines: {} });
  });

  it.each([
    ["an unknown key", "version: 1\nforce: true\n", /unknown key `force`/],
    ["a key twice", "version: 1\npolicies: []\npolicies: []\n", /key twice/],
    ["aliases", "version: &v 1\ndata: {a: *v}\n", /aliases/],
    ["another version", "version: 2\n", /must be 1/],
    ["nothing in it", "", /must be object/],
  ])("with %s is refused (GOV-3)", async (_, text, sentence) => {
    const site = new Site();
    site.write("governance/governance.yaml", text);
    await site.refused("governance_invalid", sentence);
  });

  it("names packs below it, anywhere by an absolute path, and shipped ones (GOV-6)", async () => {
    const site = new Site();
    const elsewhere = site.policy("elsewhere/two", "two");
    site.policy("governance/packs/one", "one");
    site.model("governance/model");
    site.govern({ policies: ["packs/one", elsewhere], models: ["builtin:credentials", "model"] });
    const { policies, models } = await site.load();
    expect(policies).toMatchObject([
      { id: "one", version: "1.0.0", origin: "governance", directory: path.join(site.governance, "packs/one") },
      { id: "two", origin: "absolute", directory: elsewhere },
    ]);
    expect(models).toMatchObject([
      { id: "credentials", origin: "builtin" },
      { id: "one-score", origin: "governance" },
    ]);
  });

  it.each([
    ["../elsewhere", /leaves the governance directory/],
    ["link", /leaves the governance directory/],
    ["missing", /does not exist/],
    ["builtin:nothing", /is no pack that is shipped/],
    ["builtin:../../test", /not the name of a shipped pack/],
    ["builtin:", /not the name of a shipped pack/],
  ])("with the entry %s is refused (GOV-6)", async (entry, sentence) => {
    const site = new Site();
    site.policy("elsewhere", "two");
    symlinkSync(path.join(site.root, "elsewhere"), path.join(site.governance, "link"));
    site.govern({ policies: [entry] });
    await site.refused("governance_invalid", sentence);
    site.govern({ models: [entry] });
    await site.refused("governance_invalid", sentence);
  });

  it("cannot name packs or people inside the workspace (GOV-4)", async () => {
    const site = new Site();
    site.govern({ policies: [site.policy("workspace/pack", "one")] });
    await site.refused("governance_invalid", /lies inside the workspace/);
    site.govern({ authority: site.write("workspace/authority.json", authority()) });
    await site.refused("governance_invalid", /lies inside the workspace/);
  });

  it("with two packs of one id is refused (GOV-6)", async () => {
    const site = new Site();
    site.govern({ policies: [site.policy("governance/a", "one"), site.policy("governance/b", "one")] });
    await site.refused("governance_invalid", /Two packs in policies have the id one/);
  });

  it("with a pack that does not load keeps it in the list, so that it denies (GOV-7)", async () => {
    const site = new Site();
    site.policy("governance/one", "one");
    site.write("governance/one/policy.wasm", "changed");
    site.model("governance/model", "wrong-digest");
    mkdirSync(path.join(site.governance, "empty"));
    site.govern({ policies: ["one", "empty"], models: ["model"] });
    const { policies, models } = await site.load();
    expect(policies).toMatchObject([
      { id: "one", origin: "governance", error: expect.stringContaining("SHA-256") },
      { id: "empty", origin: "governance", error: expect.stringContaining("lacks") },
    ]);
    expect(models).toMatchObject([{ id: "model", error: expect.stringContaining("SHA-256") }]);
    for (const { digest } of [...policies, ...models]) expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it("names the authority file, whose time to live goes before its own (GOV-8)", async () => {
    const site = new Site();
    site.govern({ authority: "people.json", approval_ttl_seconds: 7 });
    site.write("governance/people.json", authority(5));
    expect(await site.load()).toMatchObject({ approvalTtlSeconds: 5, authority: { defaultRole: "operator" } });
    site.write("governance/people.json", authority());
    expect((await site.load()).approvalTtlSeconds).toBe(7);
    site.govern({ authority: "people.json" });
    expect((await site.load()).approvalTtlSeconds).toBe(86_400);
  });

  it("with an authority file that is missing, wrong or outside is refused (GOV-8)", async () => {
    const site = new Site();
    site.govern({ authority: "people.json" });
    await site.refused("authority_invalid", /does not exist/);
    site.write("governance/people.json", "{}");
    await site.refused("authority_invalid", /is not valid/);
    site.write("people.json", authority());
    site.govern({ authority: "../people.json" });
    await site.refused("governance_invalid", /leaves the governance directory/);
  });

  it("that cannot be read is refused (GOV-2)", async () => {
    const site = new Site();
    mkdirSync(path.join(site.governance, "governance.yaml"));
    await site.refused("governance_invalid", /not a regular file/);
    rmSync(path.join(site.governance, "governance.yaml"), { recursive: true });
    writeFileSync(path.join(site.governance, "governance.yaml"), "version: 1\n");
    chmodSync(path.join(site.governance, "governance.yaml"), 0);
    if (process.getuid?.() === 0) return;
    await site.refused("governance_invalid", /could not be read/);
  });
});

it("a governance directory reached through a link is recorded by its own path (GOV-4)", async () => {
  const site = new Site();
  site.govern({});
  symlinkSync(site.governance, path.join(site.root, "link"));
  const { directory } = await site.load({ governanceDir: path.join(site.root, "link") });
  expect(directory).toBe(realpathSync(site.governance));
});
