import { cpSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generateApproverKey } from "../../../orchestrator/authority/index.ts";
import { governanceDigest } from "../../../orchestrator/governance/digest.ts";
import { sha256 } from "../../../schema/index.ts";
import { Site } from "./site.ts";

const BASE = {
  policies: ["one", "two"],
  models: ["model"],
  data: { thresholds: { lines: 400 } },
  engines: { allow: ["exec", "command"], network: ["exec"] },
  limits: { timeout_seconds: 60 },
  approval_ttl_seconds: 3600,
};

const site = (config: Record<string, unknown> = {}) => {
  const made = new Site();
  made.govern({ ...BASE, ...config });
  made.policy("governance/one", "one");
  made.policy("governance/two", "two");
  made.model("governance/model");
  return made;
};
const digestOf = async (made: Site) => (await made.load()).digest;

describe("the governance digest", () => {
  it("is the same for the same content elsewhere, later, from YAML and in another order (GOV-13)", async () => {
    const first = site();
    first.policy("workspace/.cabincrew/policies/own", "own");
    const digest = await digestOf(first);
    const second = new Site();
    cpSync(path.join(first.root, "governance"), path.join(second.root, "config"), { recursive: true });
    cpSync(path.join(first.root, "workspace"), second.workspace, { recursive: true });
    expect(await second.loadDefault()).toMatchObject({ source: "user", digest });
    first.govern({ ...BASE, policies: ["two", "one"], engines: { allow: ["command", "exec"], network: ["exec"] } });
    expect(await digestOf(first)).toBe(digest);
  });

  it("is the same for an absolute pack wherever it lies (GOV-13)", async () => {
    const [first, second] = [new Site(), new Site()];
    first.govern({ policies: [first.policy("a/deep/place", "one")] });
    second.govern({ policies: [second.policy("b", "one")] });
    expect(await digestOf(first)).toBe(await digestOf(second));
  });

  it.each<[string, (made: Site) => void]>([
    ["a policy", (made) => made.policy("governance/one", "one", "changed")],
    ["the id of a policy", (made) => made.policy("governance/one", "renamed")],
    ["a policy that no longer loads", (made) => made.write("governance/one/policy.wasm", "changed")],
    ["one policy less", (made) => made.govern({ ...BASE, policies: ["one"] })],
    ["one model less", (made) => made.govern({ ...BASE, models: [] })],
    ["another model", (made) => made.model("governance/model", "logit")],
    ["a threshold", (made) => made.govern({ ...BASE, data: { thresholds: { lines: 401 } } })],
    ["a limit", (made) => made.govern({ ...BASE, limits: { timeout_seconds: 61 } })],
    ["the network", (made) => made.govern({ ...BASE, engines: { ...BASE.engines, network: [] } })],
    ["the engines", (made) => made.govern({ ...BASE, engines: { network: ["exec"] } })],
    ["no engine permissions at all", (made) => made.govern({ ...BASE, engines: undefined })],
    ["the approvals' time to live", (made) => made.govern({ ...BASE, approval_ttl_seconds: 3601 })],
    ["a policy of the workspace", (made) => made.policy("workspace/.cabincrew/policies/own", "own")],
    ["a broken policy of the workspace", (made) => made.write("workspace/.cabincrew/policies/x/pack.json", "")],
    [
      "an authority",
      (made) => {
        const people = [{ id: "ada", roles: ["operator"], keys: [generateApproverKey().publicText] }];
        made.write("governance/people.json", JSON.stringify({ version: 1, people }));
        made.govern({ ...BASE, authority: "people.json" });
      },
    ],
  ])("changes with %s (GOV-13)", async (_, change) => {
    const made = site();
    const before = await digestOf(made);
    change(made);
    expect(await digestOf(made)).not.toBe(before);
  });

  it("tells a workspace's pack from the operator's (GOV-13)", async () => {
    const [first, second] = [new Site(), new Site()];
    first.govern({ policies: [first.policy("governance/one", "one")] });
    second.govern({});
    second.policy("workspace/.cabincrew/policies/one", "one");
    expect(await digestOf(first)).not.toBe(await digestOf(second));
  });

  it("does not depend on the order of packs, whatever they are (GOV-13)", () => {
    const pack = fc.record({
      id: fc.string(),
      version: fc.string(),
      directory: fc.string(),
      digest: fc.string().map(sha256),
      origin: fc.constantFrom("builtin" as const, "governance" as const, "absolute" as const, "workspace" as const),
    });
    const rest = { waivers: [], limits: {}, engines: {}, approvalTtlSeconds: 1 };
    fc.assert(
      fc.property(fc.array(pack), fc.array(pack), (policies, models) => {
        const moved = [...policies].reverse().map((each) => ({ ...each, directory: "/elsewhere", version: "" }));
        expect(governanceDigest({ policies: moved, models: [...models].reverse(), ...rest })).toBe(
          governanceDigest({ policies, models, ...rest }),
        );
      }),
    );
  });
});
