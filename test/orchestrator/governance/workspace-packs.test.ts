import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { Site } from "./site.ts";

const governed = (config: Record<string, unknown> = {}) => {
  const site = new Site();
  site.govern(config);
  return site;
};
const inWorkspace = (site: Site, file: string) => path.join(site.workspace, ".cabincrew", file);

describe("what the workspace brings", () => {
  it("is added after what the operator configured, in the order of names (GOV-9)", async () => {
    const site = governed({ policies: ["one"] });
    site.policy("governance/one", "one");
    site.policy("workspace/.cabincrew/policies/b", "b");
    site.policy("workspace/.cabincrew/policies/a", "a");
    site.model("workspace/.cabincrew/models/m");
    const { policies, models } = await site.load();
    expect(policies.map(({ id, origin }) => `${origin} ${id}`)).toEqual([
      "governance one",
      "workspace a",
      "workspace b",
    ]);
    expect(models).toMatchObject([{ id: "one-score", origin: "workspace" }]);
  });

  it("stands beside a pack of the same id and replaces nothing (GOV-9)", async () => {
    const site = governed({ policies: ["one"] });
    site.policy("governance/one", "one");
    site.policy("workspace/.cabincrew/policies/one", "one", "weaker");
    const { policies } = await site.load();
    expect(policies.map(({ origin }) => origin)).toEqual(["governance", "workspace"]);
  });

  it("is not subject to the operator's data, and its own governance file has no effect (GOV-10)", async () => {
    const site = governed({ policies: ["one"], data: { thresholds: { lines: 1 } } });
    site.policy("governance/one", "one");
    site.policy("workspace/.cabincrew/policies/two", "two");
    const before = await site.load();
    expect(before.policies[0]).toHaveProperty("data", { thresholds: { lines: 1 } });
    expect(before.policies[1]).not.toHaveProperty("data");
    site.govern(
      { data: { thresholds: { lines: 1_000_000 } }, engines: {}, approval_ttl_seconds: 1 },
      "workspace/.cabincrew",
    );
    site.write("workspace/.cabincrew/authority.yaml", "people: me\n");
    expect(await site.load()).toEqual(before);
  });

  it("stays in the list where it does not load, so that it denies (GOV-11)", async () => {
    const site = governed();
    site.write("workspace/.cabincrew/policies/broken/pack.json", "{}");
    site.write("workspace/.cabincrew/policies/rego-only/policy.rego", "package a\n");
    site.write("workspace/.cabincrew/policies/loose.rego", "package a\n");
    mkdirSync(inWorkspace(site, "policies/.hidden"));
    site.write("workspace/.cabincrew/policies/README.md", "# About\n");
    site.write("workspace/.cabincrew/policies/.gitkeep", "");
    site.model("workspace/.cabincrew/models/m", "wrong-digest");
    const { policies, models } = await site.load();
    expect(policies.map(({ id }) => id)).toEqual([".hidden", "broken", "loose.rego", "rego-only"]);
    for (const pack of [...policies, ...models]) {
      expect(pack).toMatchObject({ origin: "workspace", error: expect.any(String) });
    }
  });

  it("may use links within the workspace (GOV-12)", async () => {
    const site = governed();
    site.policy("workspace/tools/rules", "rules");
    mkdirSync(inWorkspace(site, "policies"), { recursive: true });
    symlinkSync("../../tools/rules", inWorkspace(site, "policies/rules"));
    symlinkSync("../..", path.join(site.workspace, "tools/rules/round"));
    expect((await site.load()).policies).toMatchObject([
      { id: "rules", origin: "workspace", directory: path.join(site.workspace, "tools/rules") },
    ]);
  });

  it.each([
    ["the folder itself", ".", "."],
    ["the packs' folder", "policies", "policies"],
    ["a pack", "policies/one", "pack"],
    ["a file of a pack", "policies/one/policy.wasm", "pack/policy.wasm"],
  ])("is refused where %s is a link that leaves the workspace (GOV-12)", async (_, link, target) => {
    const site = governed();
    const outside = path.join(site.root, "outside");
    site.policy("outside/pack", "one");
    mkdirSync(path.join(outside, "policies"));
    const place = inWorkspace(site, link);
    mkdirSync(path.dirname(place), { recursive: true });
    symlinkSync(path.join(outside, target), place);
    await site.refused("governance_invalid", /link that leaves the workspace/);
  });

  it("is refused where a link inside of a linked directory leaves, or leads nowhere (GOV-12)", async () => {
    const site = governed();
    site.policy("workspace/tools/rules", "rules");
    mkdirSync(inWorkspace(site, "policies"), { recursive: true });
    symlinkSync("../../tools/rules", inWorkspace(site, "policies/rules"));
    symlinkSync("/etc", path.join(site.workspace, "tools/rules/sub"));
    await site.refused("governance_invalid", /link that leaves the workspace/);
    const other = governed();
    mkdirSync(inWorkspace(other, "models"), { recursive: true });
    symlinkSync("nowhere", inWorkspace(other, "models/m"));
    await other.refused("governance_invalid", /leads nowhere/);
    const third = governed();
    symlinkSync("nowhere", path.join(third.workspace, ".cabincrew"));
    await third.refused("governance_invalid", /leads nowhere/);
  });

  it("is refused where it holds a FIFO, or is a file in place of a folder (GOV-12)", async () => {
    const site = governed();
    site.policy("workspace/.cabincrew/policies/one", "one");
    execFileSync("mkfifo", [inWorkspace(site, "policies/one/pipe")]);
    await site.refused("governance_invalid", /neither a file/);
    const other = governed();
    other.write("workspace/.cabincrew", "not a folder");
    await other.refused("governance_invalid", /cannot be read/);
    const third = governed();
    third.write("workspace/.cabincrew/policies", "not a folder");
    await third.refused("governance_invalid", /cannot be read/);
  });

  it("is refused where it holds more than anybody looks through (GOV-12)", async () => {
    const site = governed();
    const pack = site.policy("workspace/.cabincrew/policies/one", "one");
    for (let count = 0; count < 1000; count += 1) writeFileSync(path.join(pack, `${count}`), "");
    await site.refused("governance_invalid", /more than 1000 entries/);
  });
});
