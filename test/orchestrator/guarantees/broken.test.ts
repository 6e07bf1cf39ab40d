/** spec/guarantees.md: what is broken in a configuration is reported broken, with what was seen and what to do. */
import { chmodSync, cpSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type GuaranteeResult, generateApproverKey, verifyGuarantees, writeKey } from "../../../orchestrator/index.ts";
import { CabincrewError, packageRoot } from "../../../schema/index.ts";
import { governance, home, idsOf, prove } from "./configurations.ts";

const FIXTURE = path.join(packageRoot(), "test", "fixtures", "policies", "shapes");

/** A governance directory whose one policy decides `verdict` about everything. */
function onePolicy(root: string, verdict: "allowed" | "decided", further: Record<string, unknown> = {}): string {
  const directory = governance(root, {
    "governance.json": { version: 1, policies: ["one"], models: [], ...further },
  });
  cpSync(FIXTURE, path.join(directory, "one"), { recursive: true });
  const file = path.join(directory, "one", "pack.json");
  const manifest = { ...JSON.parse(readFileSync(file, "utf8")), id: "one", entrypoints: [`shapes/${verdict}`] };
  writeFileSync(file, JSON.stringify(manifest));
  return directory;
}

const resultOf = (guarantees: readonly GuaranteeResult[], id: string) => guarantees.find((each) => each.id === id);

describe("a configuration that does not protect", () => {
  it("a policy that allows everything: keys and Git hooks are let pass, the rest holds", async () => {
    const place = home();
    const only = ["every-judge-answers", "private-key-stopped", "credential-stopped", "workspace-unchanged"];
    const report = await prove(place, onePolicy(place.root, "allowed"), only);
    expect(idsOf(report, "broken")).toEqual(["private-key-stopped", "credential-stopped"]);
    expect(idsOf(report, "held")).toEqual(["every-judge-answers", "workspace-unchanged"]);
    expect(report.ok).toBe(false);
    expect(resultOf(report.guarantees, "private-key-stopped")).toMatchObject({
      evidence: "A plan that writes a private key was let pass by every policy and model.",
      remedy: expect.stringContaining("builtin:default"),
    });
  });

  it("no policy and no model: broken, and what they would have stopped is not counted as held", async () => {
    const place = home();
    const directory = governance(place.root, { "governance.json": { version: 1, policies: [], models: [] } });
    const only = ["every-judge-answers", "private-key-stopped", "broken-judge-denies", "stored-plan-sealed"];
    const report = await prove(place, directory, only);
    expect(idsOf(report, "broken")).toEqual(["every-judge-answers"]);
    expect(idsOf(report, "not_applicable")).toEqual([
      "broken-judge-denies",
      "private-key-stopped",
      "stored-plan-sealed",
    ]);
  });

  it("a policy whose WebAssembly is cut short is named", async () => {
    const place = home();
    const directory = onePolicy(place.root, "allowed");
    truncateSync(path.join(directory, "one", "policy.wasm"), 100);
    const { guarantees } = await prove(place, directory, ["every-judge-answers"]);
    expect(guarantees).toMatchObject([{ status: "broken", evidence: expect.stringContaining("one") }]);
  });

  it("keys, state and governance that others can read or change, without opening any of them", async () => {
    const place = home();
    const directory = onePolicy(place.root, "allowed");
    chmodSync(path.join(directory, "one", "policy.wasm"), 0o666);
    const { privateFile } = writeKey(path.join(place.configDir, "keys"), "ada", generateApproverKey());
    chmodSync(privateFile, 0o644);
    mkdirSync(path.join(place.stateDir, "keys"), { recursive: true, mode: 0o755 });
    const only = ["state-private", "keys-private", "governance-owned"];
    const { guarantees } = await prove(place, directory, only);
    expect(guarantees).toMatchObject([
      { status: "broken", evidence: expect.stringContaining(`${place.stateDir} has mode 0755`) },
      { status: "broken", evidence: expect.stringContaining(`${privateFile} has mode 0644`) },
      { status: "broken", evidence: expect.stringContaining("policy.wasm") },
    ]);
  });
});

describe("an authority file", () => {
  const people = (...roles: readonly (readonly string[])[]) => ({
    version: 1,
    people: roles.map((held, index) => ({
      id: ["ada", "grace", "edith"][index],
      roles: held,
      keys: [generateApproverKey().publicText],
    })),
  });
  const only = [
    "approver-holds-role",
    "requester-does-not-approve",
    "vote-is-signed",
    "key-is-listed",
    "plan-used-once",
  ];

  it("is attacked with its own people and scratch keys", async () => {
    const place = home();
    const directory = onePolicy(place.root, "decided", { authority: "authority.json" });
    writeFileSync(path.join(directory, "authority.json"), JSON.stringify(people(["operator"], ["operator"])));
    const report = await prove(place, directory, only);
    expect(report.guarantees.map(({ status, evidence }) => `${status}: ${evidence}`)).toEqual([
      expect.stringContaining("held: Taken off once"),
      expect.stringContaining("held: A listed person without the role"),
      expect.stringContaining("held: A person who holds the role operator asked for a run and approved it"),
      expect.stringMatching(/^held: .*(without a signature)/),
      expect.stringContaining("held: A vote by a key that is in no authority file"),
    ]);
  });

  it("that lets the user open no run gives nothing to attack, and nothing counts as held", async () => {
    const place = home();
    const directory = onePolicy(place.root, "decided", { authority: "authority.json" });
    writeFileSync(path.join(directory, "authority.json"), JSON.stringify(people(["operator"], ["auditor"])));
    const report = await prove(place, directory, only);
    expect(idsOf(report, "held")).toEqual([]);
    expect(resultOf(report.guarantees, "plan-used-once")).toMatchObject({
      status: "not_applicable",
      evidence: expect.stringContaining("lets no run of ada be opened"),
    });
  });
});

it("an engine that governance does not list is refused", async () => {
  const place = home();
  const directory = onePolicy(place.root, "allowed", { engines: { allow: ["exec"] } });
  expect((await prove(place, directory, ["engine-is-listed"])).guarantees).toMatchObject([{ status: "held" }]);
});

it("an unknown guarantee is a mistake in the command, and governance that does not load is refused as ever", async () => {
  const place = home();
  await expect(prove(place, undefined, ["nothing"])).rejects.toMatchObject({ code: "usage" });
  const directory = governance(place.root, { "governance.json": { version: 2 } });
  await expect(prove(place, directory)).rejects.toBeInstanceOf(CabincrewError);
});

it("an interrupted proof is none", async () => {
  const signal = AbortSignal.abort("SIGINT");
  const options = { ...home(), principal: { id: "ada", proven: false }, signal };
  await expect(verifyGuarantees(options)).rejects.toMatchObject({ code: "interrupted", exitCode: 130 });
});
