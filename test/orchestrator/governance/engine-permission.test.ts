import { describe, expect, it } from "vitest";
import {
  assertEngineAllowed,
  type EngineDemand,
  type EnginePermissions,
} from "../../../orchestrator/governance/index.ts";
import { Site } from "./site.ts";

const DIGEST = "ab".repeat(32);
const code = (engines: EnginePermissions, id: string, demand: EngineDemand): string => {
  try {
    assertEngineAllowed({ engines }, id, demand);
    return "allowed";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("an engine", () => {
  it("may do what the run asks for where governance says nothing about engines (GOV-14)", () => {
    expect(code({}, "exec", { network: true })).toBe("allowed");
  });

  it("must be listed where governance lists engines (GOV-14)", () => {
    expect(code({ allow: ["exec"] }, "exec", { network: false })).toBe("allowed");
    expect(code({ allow: ["exec"] }, "Exec", { network: false })).toBe("policy_denied");
    expect(code({ allow: [] }, "exec", { network: false })).toBe("policy_denied");
  });

  it("must be listed for the network, which listing it to run does not grant (GOV-14)", async () => {
    const site = new Site();
    site.govern({ engines: { allow: ["exec"] } });
    const { engines } = await site.load();
    expect(code(engines, "exec", { network: true })).toBe("policy_denied");
    expect(code({ network: ["exec"] }, "exec", { network: true })).toBe("allowed");
    expect(code({ network: ["exec"] }, "other", { network: true })).toBe("policy_denied");
    expect(code({ network: ["exec"] }, "other", { network: false })).toBe("allowed");
    site.govern({ engines: {} });
    expect(code((await site.load()).engines, "exec", { network: true })).toBe("policy_denied");
  });

  it("can be pinned to its executable, and cannot pose as one that is (GOV-15)", () => {
    const pinned = { allow: [`exec@${DIGEST}`] };
    expect(code(pinned, "exec", { network: false, digest: DIGEST })).toBe("allowed");
    expect(code(pinned, "exec", { network: false, digest: "cd".repeat(32) })).toBe("policy_denied");
    expect(code(pinned, "exec", { network: false })).toBe("policy_denied");
    expect(code(pinned, `exec@${DIGEST}`, { network: false, digest: "cd".repeat(32) })).toBe("policy_denied");
  });

  it("is told by which list it was refused (GOV-14)", () => {
    expect(() => assertEngineAllowed({ engines: { network: [] } }, "exec", { network: true })).toThrow(
      /does not let the engine exec use the network/,
    );
  });
});
