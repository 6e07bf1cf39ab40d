import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { analyseChange, type DiffSide, unifiedDiff } from "../../../engines/diff/index.ts";

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), "cabincrew-diff-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const side = (content: string | Buffer, name = "f", mode = "100644"): DiffSide => {
  const bytes = Buffer.from(content);
  return { path: Buffer.from(name), mode, content: bytes, size: bytes.length };
};

test("counts and numbers added and removed lines", () => {
  const change = analyseChange(Buffer.from("a\nb\nc\n"), Buffer.from("a\nB\nc\nd"));
  expect(change).toEqual({
    binary: false,
    insertions: 2,
    deletions: 1,
    added: [
      { line: 2, text: "B" },
      { line: 4, text: "d" },
    ],
    removed: [{ line: 2, text: "b" }],
    truncated: false,
  });
});

test("a created and a deleted file are all additions and all removals", () => {
  expect(analyseChange(undefined, Buffer.from("x\r\ny"))).toMatchObject({
    insertions: 2,
    added: [
      { line: 1, text: "x" },
      { line: 2, text: "y" },
    ],
  });
  expect(analyseChange(Buffer.from("x\n"), undefined)).toMatchObject({ insertions: 0, deletions: 1 });
  expect(analyseChange(undefined, undefined)).toMatchObject({ insertions: 0, deletions: 0, binary: false });
});

test("bytes that are not UTF-8 never compare as equal and read as \\xNN", () => {
  const change = analyseChange(Buffer.from([0x61, 0xfe, 0x0a]), Buffer.from([0x61, 0xff, 0x0a]));
  expect(change.removed).toEqual([{ line: 1, text: "a\\xfe" }]);
  expect(change.added).toEqual([{ line: 1, text: "a\\xff" }]);
});

test("text that turns binary says so, and text in the place of something binary is new text", () => {
  const [text, binary] = [Buffer.from("a\nb\n"), Buffer.from("a\0\n")];
  expect(analyseChange(text, binary)).toMatchObject({ binary: true, became_binary: true, added: [] });
  expect(analyseChange(binary, binary)).not.toHaveProperty("became_binary");
  expect(analyseChange(binary, undefined)).toMatchObject({ binary: true });
  expect(analyseChange(binary, text)).toMatchObject({ binary: false, insertions: 2, deletions: 0, removed: [] });
});

test("content with NUL bytes is binary; content beyond the limit is said to be unseen", () => {
  expect(analyseChange(undefined, Buffer.from([1, 0, 2]))).toMatchObject({ binary: true, added: [] });
  expect(analyseChange(undefined, Buffer.alloc(17 << 20, "a\n"))).toMatchObject({ truncated: true, added: [] });
});

test("a 2 MB single line and wholly different large files take bounded time", () => {
  expect(analyseChange(Buffer.alloc(2 << 20, "a"), Buffer.alloc(2 << 20, "b"))).toMatchObject({
    insertions: 1,
    deletions: 1,
  });
  const lines = (tag: string) => Buffer.from(Array.from({ length: 60_000 }, (_, at) => `${tag}${at}\n`).join(""));
  expect(analyseChange(lines("a"), lines("b"))).toMatchObject({ insertions: 60_000, deletions: 60_000 });
});

test("names are quoted as git quotes them, modes and renames are named, large content is summarised", () => {
  const moved = unifiedDiff(side("same\n", "old name", "100644"), side("same\n", 'new\n"name', "100755")).toString();
  expect(moved).toBe(
    'diff --git a/old name "b/new\\n\\"name"\nold mode 100644\nnew mode 100755\nrename from old name\nrename to "new\\n\\"name"\n',
  );
  const large = { ...side("", "big"), size: 5_000_000 };
  expect(unifiedDiff(undefined, large).toString()).toBe(
    "diff --git a/big b/big\nnew file mode 100644\nBinary or large files /dev/null and b/big differ (none -> 5000000 bytes)\n",
  );
});

test("the unified diff of any two texts is what `patch` turns the one into the other with", () => {
  const line = fc.constantFrom("a", "b", "c", "", "long line");
  const text = fc
    .tuple(fc.array(line, { maxLength: 40 }), fc.boolean())
    .map(([lines, end]) => lines.join("\n") + (end && lines.length > 0 ? "\n" : ""));
  fc.assert(
    fc.property(text, text, (before, after) => {
      if (before === "" || after === "" || before === after) return;
      writeFileSync(path.join(scratch, "f"), before);
      const diff = unifiedDiff(side(before), side(after));
      execFileSync("git", ["apply", "--whitespace=nowarn", "--unsafe-paths", "-"], {
        cwd: scratch,
        input: diff,
        env: { ...process.env, GIT_DIR: "/nonexistent" },
      });
      expect(execFileSync("cat", [path.join(scratch, "f")]).toString()).toBe(after);
    }),
    { numRuns: 60, seed: 7 },
  );
});
