import { describe, expect, test } from "vitest";
import { select } from "../../models/select/index.ts";
import type { Selection, Unit } from "../../models/select/units.ts";
import type {
  ModelInput,
  ModelManifest,
  ModelScope,
  PreflightArtifact,
  PreflightContents,
} from "../../schema/index.ts";
import { bodyArtifact, fileArtifact, preflightInput } from "./input.ts";

const SHA256 = "0".repeat(64);
const BYTES = { encoding: "bytes", length: 8, pad: 0, tensor: "input", dtype: "int32" } as const;

function manifestOf(input: ModelInput, applies_to?: ModelScope): ModelManifest {
  const manifest: ModelManifest = {
    format: "cabincrew.model/1",
    id: "m",
    version: "1",
    license: "MIT",
    file: "m.onnx",
    sha256: SHA256,
    input,
  };
  return applies_to ? { ...manifest, applies_to } : manifest;
}

async function selected(
  manifest: ModelManifest,
  artifacts: readonly PreflightArtifact[],
  contents?: PreflightContents,
): Promise<Selection> {
  const outcome = await select(manifest, preflightInput(...artifacts), contents);
  if ("failure" in outcome) throw new Error(`${outcome.failure.code}: ${outcome.failure.sentence}`);
  return outcome.value;
}

function addedLines(...artifacts: readonly PreflightArtifact[]): Promise<Selection> {
  return selected(manifestOf({ ...BYTES, select: "added-lines" }), artifacts);
}

function textsOf(units: readonly Unit[]): string[] {
  return units.map(({ data }) => String(data));
}

describe("the text a plan adds", () => {
  test("added lines keep their artifact, file and number; empty ones have nothing to score", async () => {
    const { units, bytes } = await addedLines(fileArtifact("a.env", ["A=1", "", "B=é"]));
    expect(units).toEqual([
      { artifact: "change-a.env", file: "a.env", line: 1, data: "A=1" },
      { artifact: "change-a.env", file: "a.env", line: 3, data: "B=é" },
    ]);
    expect(bytes).toBe(7);
  });

  test("an artifact that is no file change is scored by the lines of its body", async () => {
    const { units } = await addedLines(bodyArtifact({ body: "one\r\n\ntwo", target: "plan.txt" }));
    expect(units.map(({ file, line, data }) => ({ file, line, data }))).toEqual([
      { file: "plan.txt", line: 1, data: "one" },
      { file: "plan.txt", line: 3, data: "two" },
    ]);
  });

  test("a binary change is counted, not scored", async () => {
    const selection = await addedLines(fileArtifact("a.png", ["noise"], { binary: true, truncated: true }));
    expect(selection).toMatchObject({ units: [], binary: 1, unseen: [] });
  });

  test("a change that was cut because of its size is listed as unseen, and what is left of it is scored", async () => {
    const { units, unseen } = await addedLines(fileArtifact("big.txt", ["start"], { truncated: true }));
    expect(units).toHaveLength(1);
    expect(unseen).toEqual([{ artifact: "change-big.txt", file: "big.txt" }]);
  });

  test("a text body too large to be handed to judges is unseen, an image or an empty artifact is not", async () => {
    const { unseen } = await addedLines(
      bodyArtifact({ name: "log", mime: "text/plain", sha256: SHA256, size: 2 ** 21 }),
      bodyArtifact({ name: "plan", mime: "application/vnd.plan+json", sha256: SHA256, size: 10 }),
      bodyArtifact({ name: "photo", mime: "image/png", sha256: SHA256, size: 2 ** 21 }),
      bodyArtifact({ name: "note" }),
    );
    expect(unseen.map(({ artifact }) => artifact)).toEqual(["log", "plan"]);
  });

  test("more than 64 MiB of added text is a failure, not a sample", async () => {
    const plan = preflightInput(fileArtifact("huge", new Array<string>(65).fill("x".repeat(1024 * 1024))));
    const outcome = await select(manifestOf({ ...BYTES, select: "added-lines" }), plan, undefined);
    expect(outcome).toMatchObject({ failure: { code: "too_much_text" } });
  });

  test("a line that only got other spaces is not new text, and columns padded to a width are one space wide", async () => {
    const removed = [{ line: 1, text: "| a | b |" }];
    const lines = ["| a    | b   |", "  | c      | d |", "|a|b|"];
    const { units } = await addedLines(fileArtifact("t.md", lines, { removed }));
    expect(textsOf(units)).toEqual(["  | c | d |", "|a|b|"]);
  });
});

describe("chunks of added lines", () => {
  const chunks = manifestOf({ ...BYTES, select: "added-chunks", chunk: { lines: 3, overlap: 1 } });

  test("overlap, name the line they begin at, and end where the text ends", async () => {
    const { units } = await selected(chunks, [fileArtifact("a", ["1", "2", "3", "4", "5", "6"])]);
    expect(units.map(({ line, data }) => [line, data])).toEqual([
      [1, "1\n2\n3"],
      [3, "3\n4\n5"],
      [5, "5\n6"],
    ]);
  });

  test("never reach from one file into the next, and blank ones are left out", async () => {
    const files = [fileArtifact("a", ["1"]), fileArtifact("b", ["", " "]), fileArtifact("c", ["2"])];
    expect(textsOf((await selected(chunks, files)).units)).toEqual(["1", "2"]);
  });
});

describe("whole texts", () => {
  const files = manifestOf({ ...BYTES, select: "files" });
  const contents: PreflightContents = {
    text: async (name) => (name === "change-big" ? undefined : `all of ${name}`),
  };

  test("a file is scored as it will be, one that cannot be had is unseen; deleted ones and links have no text", async () => {
    const artifacts = [
      fileArtifact("a", ["x"]),
      fileArtifact("big", ["x"]),
      fileArtifact("gone", [], { op: "delete" }),
      fileArtifact("link", [], { entry: "symlink" }),
      bodyArtifact({ body: "no file" }),
    ];
    const { units, unseen } = await selected(files, artifacts, contents);
    expect(units).toEqual([{ artifact: "change-a", file: "a", data: "all of change-a" }]);
    expect(unseen).toEqual([{ artifact: "change-big", file: "big" }]);
  });

  test("where nobody hands out whole texts, every file is unseen", async () => {
    const { units, unseen } = await selected(files, [fileArtifact("a", ["x"])]);
    expect([units, unseen]).toEqual([[], [{ artifact: "change-a", file: "a" }]]);
  });

  test("bodies are those of artifacts that are no file change", async () => {
    const artifacts = [fileArtifact("a", ["x"]), bodyArtifact({ body: "plan" }), bodyArtifact({ name: "empty" })];
    const { units, unseen } = await selected(manifestOf({ ...BYTES, select: "bodies" }), artifacts, contents);
    expect([textsOf(units), unseen]).toEqual([["plan"], []]);
  });

  test("texts that cannot be read at all fail the judgement", async () => {
    const broken: PreflightContents = { text: () => Promise.reject(new Error("the store is damaged")) };
    const outcome = await select(files, preflightInput(fileArtifact("a", ["x"])), broken);
    expect(outcome).toMatchObject({ failure: { code: "input_unreadable" } });
  });
});

describe("what a model is asked about", () => {
  const artifacts = [
    fileArtifact("src/a.py", ["py"]),
    fileArtifact("src/.hidden/b.JS", ["js"]),
    fileArtifact("Dockerfile", ["docker"]),
    fileArtifact("new.txt", ["renamed"], { op: "rename", old_path: "old.py" }),
    bodyArtifact({ name: "plan", artifact_type: "terraform", body: "plan" }),
  ];
  test.each([
    ["everything without a scope", undefined, ["py", "js", "docker", "renamed", "plan"]],
    ["globs, hidden files included", { include: ["src/**"] }, ["py", "js"]],
    ["globs in any case of letters", { include: ["SRC/**"] }, ["py", "js"]],
    ["and leaves out only what is excluded as written", { include: ["src/**"], exclude: ["SRC/**"] }, ["py", "js"]],
    ["without what is excluded", { exclude: ["**/*.JS", "plan"] }, ["py", "docker", "renamed"]],
    ["languages by extension, a renamed file under both names", { languages: ["python"] }, ["py", "renamed"]],
    ["names without extension", { languages: ["dockerfile", "javascript"] }, ["js", "docker"]],
    ["types of artifacts", { artifact_types: ["terraform"] }, ["plan"]],
    ["only what meets every condition", { include: ["src/**"], languages: ["python"] }, ["py"]],
  ] satisfies [string, ModelScope | undefined, string[]][])("%s", async (_, scope, texts) => {
    const { units } = await selected(manifestOf({ ...BYTES, select: "added-lines" }, scope), artifacts);
    expect(textsOf(units)).toEqual(texts);
  });

  test("a glob that cannot be compiled fails the judgement", async () => {
    const manifest = manifestOf({ ...BYTES, select: "added-lines" }, { include: ["src/[a"] });
    expect(await select(manifest, preflightInput(), undefined)).toMatchObject({
      failure: { code: "input_unreadable" },
    });
  });
});

describe("features of artifacts", () => {
  async function rows(features: string[], ...artifacts: readonly PreflightArtifact[]): Promise<number[][]> {
    const input = { encoding: "features", select: "artifacts", feature_set: 1, features, tensor: "x" } as const;
    const { units } = await selected(manifestOf({ ...input, features, dtype: "float32" }), artifacts);
    return units.map(({ data }) => [...new Float64Array((data as Uint8Array).buffer)]);
  }

  test("of a change", async () => {
    const change = { insertions: 3, deletions: 2, executable: true, op: "update", removed: [] } as const;
    const artifact = { ...fileArtifact("a/.b/run.sh", ["aé1", " \u200b"], change), size: 9 };
    const names = [
      "size",
      "insertions",
      "deletions",
      "depth",
      "hidden",
      "executable",
      "setid",
      "op:update",
      "op:create",
    ];
    expect(await rows([...names, "extension:sh", "extension:py"], artifact)).toEqual([
      [9, 3, 2, 2, 1, 1, 0, 1, 0, 1, 0],
    ]);
  });

  test("of its text, counted in bytes of UTF-8", async () => {
    const names = ["text_bytes", "text_lines", "longest_line", "non_ascii", "letters", "digits", "spaces", "invisible"];
    const [row = []] = await rows(names, fileArtifact("a", ["aé1", " \u200b"]));
    expect(row).toEqual([9, 2, 4, 5 / 9, 1 / 9, 1 / 9, 2 / 9, 1]);
  });

  test("entropy is that of the bytes, and no text has none", async () => {
    expect(
      await rows(["entropy"], fileArtifact("a", ["abcd"]), fileArtifact("b", ["aaaa"]), fileArtifact("c", [])),
    ).toEqual([[2], [0], [0]]);
  });

  test("an artifact whose text was cut is measured all the same, and unseen", async () => {
    const input = {
      encoding: "features",
      select: "artifacts",
      feature_set: 1,
      features: ["size"],
      tensor: "x",
    } as const;
    const manifest = manifestOf({ ...input, features: ["size"], dtype: "float32" });
    const { units, unseen } = await selected(manifest, [fileArtifact("a", ["x"], { truncated: true })]);
    expect([units.length, unseen.length]).toEqual([1, 1]);
  });
});
