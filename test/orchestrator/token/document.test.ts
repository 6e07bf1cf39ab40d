import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { SealedArtifact } from "../../../orchestrator/artifacts/index.ts";
import { type PlanFacts, planDocument, planToken } from "../../../orchestrator/token/document.ts";
import { spec } from "../ledger-fixture.ts";

const artifact = (name: string, changes: Partial<SealedArtifact> = {}): SealedArtifact => ({
  name,
  role: "state",
  artifact_type: "file",
  action: "create",
  mime: "text/plain",
  document: { artifact_type: "file", action: "create", mime: "text/plain" },
  metadata_sha256: "1".repeat(64),
  body: { sha256: "2".repeat(64), size: 3 },
  ...changes,
});
const facts = (changes: Partial<PlanFacts> = {}): PlanFacts => ({
  spec: spec(),
  engineDigest: "e".repeat(64),
  workspaceHash: "d".repeat(64),
  governanceDigest: "a".repeat(64),
  inputDigest: "b".repeat(64),
  artifacts: [artifact("one"), artifact("two")],
  ...changes,
});
const tokenOf = (changes: Partial<PlanFacts> = {}) => planToken(planDocument(facts(changes))).token;

describe("the plan-token (DESIGN section 4)", () => {
  it("is the SHA-256 of the canonical text of everything a plan is bound to", () => {
    const { token, text } = planToken(planDocument(facts({ artifacts: [artifact("one")] })));
    expect(token).toBe(createHash("sha256").update(text).digest("hex"));
    expect(JSON.parse(text)).toEqual({
      format: "cabincrew.plan/1",
      workflow_digest: "f".repeat(64),
      step_id: "main",
      engine: { id: "cabincrew.exec", digest: "e".repeat(64) },
      protocol_version: "draft",
      input_digest: "b".repeat(64),
      workspace_hash: "d".repeat(64),
      governance_digest: "a".repeat(64),
      explanation_digest: null,
      artifacts: [
        {
          name: "one",
          role: "state",
          metadata_sha256: "1".repeat(64),
          body_sha256: "2".repeat(64),
          body_size: 3,
        },
      ],
    });
  });

  const engine = spec().engine;
  const other: Readonly<Record<string, Partial<PlanFacts>>> = {
    "another workflow": { spec: spec({ workflow_digest: "0".repeat(64) }) },
    "another step": { spec: spec({ step_id: "other" }) },
    "another engine": { spec: spec({ engine: { ...engine, id: "other" } }) },
    "an engine with other bytes": { engineDigest: "0".repeat(64) },
    "another input": { inputDigest: "0".repeat(64) },
    "another workspace": { workspaceHash: "0".repeat(64) },
    "another governance": { governanceDigest: "0".repeat(64) },
    "one artifact less": { artifacts: [artifact("one")] },
    "an artifact of another name": { artifacts: [artifact("one"), artifact("three")] },
    "an artifact in another role": { artifacts: [artifact("one"), artifact("two", { role: "evidence" })] },
    "an artifact described differently": {
      artifacts: [artifact("one"), artifact("two", { metadata_sha256: "0".repeat(64) })],
    },
    "an artifact with another body": {
      artifacts: [artifact("one"), artifact("two", { body: { sha256: "0".repeat(64), size: 3 } })],
    },
    "a body of another size": {
      artifacts: [artifact("one"), artifact("two", { body: { sha256: "2".repeat(64), size: 4 } })],
    },
  };
  it.each(Object.keys(other))("is another one for %s", (what) => {
    expect(tokenOf(other[what])).not.toBe(tokenOf());
  });

  it("is the same in whatever order the artifacts were found, and names sort by their UTF-8 bytes", () => {
    const names = ["b", "a", "\u{1f600}", "\ufb33", "Z"];
    const found = names.map((name) => artifact(name));
    expect(tokenOf({ artifacts: [...found].reverse() })).toBe(tokenOf({ artifacts: found }));
    const { artifacts } = planDocument(facts({ artifacts: found }));
    expect(artifacts.map(({ name }) => name)).toEqual(["Z", "a", "b", "\ufb33", "\u{1f600}"]);
  });

  it("knows an artifact without a body from one with an empty one", () => {
    const { body: _, ...bodiless } = artifact("one");
    const empty = artifact("one", { body: { sha256: createHash("sha256").digest("hex"), size: 0 } });
    expect(tokenOf({ artifacts: [bodiless] })).not.toBe(tokenOf({ artifacts: [empty] }));
  });

  it("does not depend on when, by whom or in which run the plan was made", () => {
    expect(tokenOf({ spec: spec({ retry_of: "01ARZ3NDEKTSV4RRFFQ69G5FAV", timeout_seconds: 5 }) })).toBe(tokenOf());
  });
});
