import { execFileSync, spawnSync } from "node:child_process";
import { createSecretKey } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeDifference, hashWorkspace, loadTree } from "../../../orchestrator/workspace/index.ts";

const LATER = 3_600_000;
const python = spawnSync("python3", ["--version"]).status === 0;
const bytes = (...parts: (string | number[])[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string)));

describe("the workspace hash (spec/workspace-hash.md)", () => {
  let base: string;
  let root: string;
  let cacheFile: string;
  const at = (name: string) => path.join(root, name);
  const hash = async () => (await hashWorkspace(root)).hash;
  /** Hashes as if an hour had passed, so that every entry is old enough to be trusted the next time. */
  const cached = () => hashWorkspace(root, { cacheFile, now: Date.now() + LATER });
  const reference = () =>
    execFileSync("python3", [path.join(import.meta.dirname, "reference.py"), root], { encoding: "utf8" }).trim();
  beforeEach(() => {
    base = mkdtempSync(path.join(tmpdir(), "cabincrew-workspace-"));
    root = path.join(base, "workspace");
    cacheFile = path.join(base, "cache", "tree");
    mkdirSync(root);
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const sample = () => {
    mkdirSync(at("src/deep"), { recursive: true });
    mkdirSync(at("empty"));
    writeFileSync(at("src/a.ts"), "export {};\n");
    writeFileSync(at("src/deep/run.sh"), "#!/bin/sh\n", { mode: 0o755 });
    writeFileSync(at("zero"), "");
    writeFileSync(at("line\nbreak é"), "x");
    writeFileSync(bytes(`${root}/raw`, [0xff, 0xfe]), "raw");
    writeFileSync(at("big"), Buffer.alloc((2 << 20) + 3, "b"));
    symlinkSync("src/a.ts", at("link"));
    symlinkSync("/nowhere", at("dangling"));
    execFileSync("mkfifo", [at("fifo")]);
  };

  const relink = (target: string) => {
    rmSync(at("link"));
    symlinkSync(target, at("link"));
  };
  const unlinkThenWrite = (content: string) => {
    rmSync(at("link"));
    writeFileSync(at("link"), content);
  };

  it("W6: has a fixed value for an empty workspace", async () => {
    const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const { createHash } = await import("node:crypto");
    const expected = createHash("sha256")
      .update("cabincrew.workspace/1\n")
      .update(Buffer.from(empty, "hex"))
      .digest("hex");
    expect(await hashWorkspace(root)).toMatchObject({ hash: expected, files: 0, bytes: 0, changed: [] });
  });

  it.skipIf(!python)("W1-W6: is what the reference implementation computes", async () => {
    sample();
    writeFileSync(at("large"), "l");
    truncateSync(at("large"), 5 << 20);
    mkdirSync(at("src/.git/objects"), { recursive: true });
    writeFileSync(at("src/.git/HEAD"), "ref");
    writeFileSync(at(".git"), "gitdir: elsewhere");
    expect(await hash()).toBe(reference());
    const result = await cached();
    expect(result.hash).toBe(reference());
    expect(result.files).toBe(8);
  });

  it("changes with content, name, executable bit, type, link target and empty directories, and back", async () => {
    sample();
    const before = await hash();
    const steps: [string, () => void, () => void][] = [
      ["content", () => writeFileSync(at("zero"), "1"), () => writeFileSync(at("zero"), "")],
      ["name", () => renameSync(at("zero"), at("null")), () => renameSync(at("null"), at("zero"))],
      ["bit", () => chmodSync(at("zero"), 0o744), () => chmodSync(at("zero"), 0o600)],
      ["new directory", () => mkdirSync(at("new")), () => rmSync(at("new"), { recursive: true })],
      ["nested move", () => renameSync(at("src/deep"), at("deep")), () => renameSync(at("deep"), at("src/deep"))],
      ["link", () => relink("src/b.ts"), () => relink("src/a.ts")],
      ["type", () => unlinkThenWrite("src/a.ts"), () => relink("src/a.ts")],
      ["special", () => rmSync(at("fifo")), () => execFileSync("mkfifo", [at("fifo")])],
      [
        "raw name",
        () => renameSync(bytes(`${root}/raw`, [0xff, 0xfe]), bytes(`${root}/raw`, [0xff, 0xfd])),
        () => renameSync(bytes(`${root}/raw`, [0xff, 0xfd]), bytes(`${root}/raw`, [0xff, 0xfe])),
      ],
    ];
    for (const [what, change, back] of steps) {
      change();
      expect(await hash(), what).not.toBe(before);
      back();
      expect(await hash(), what).toBe(before);
    }
  });

  it("does not change with times, other mode bits, .git directories or what .cabincrewignore names", async () => {
    sample();
    writeFileSync(at(".cabincrewignore"), "*.log\n/build/\n!keep.log\nÉté\n");
    const before = await hash();
    utimesSync(at("zero"), 1, 1);
    chmodSync(at("zero"), 0o606);
    mkdirSync(at("src/.git"));
    writeFileSync(at("src/.git/index"), "");
    writeFileSync(at("src/x.log"), "");
    writeFileSync(at("Été"), "");
    mkdirSync(at("build"));
    writeFileSync(at("build/out"), "");
    expect(await hash()).toBe(before);
    writeFileSync(at("X.LOG"), "");
    expect(await hash()).not.toBe(before);
    rmSync(at("X.LOG"));
    writeFileSync(at("keep.log"), "");
    expect(await hash()).not.toBe(before);
  });

  it("never follows symlinks, except to the root itself", async () => {
    sample();
    const outside = path.join(base, "outside");
    mkdirSync(outside);
    symlinkSync(outside, at("way-out"));
    const before = await hash();
    writeFileSync(path.join(outside, "f"), "");
    expect(await hash()).toBe(before);
    symlinkSync(root, path.join(base, "alias"));
    expect((await hashWorkspace(path.join(base, "alias"))).hash).toBe(before);
    expect((await hashWorkspace(`${root}///`)).hash).toBe(before);
  });

  it("W8: gives the same hash with a cache, and finds every change in a file that kept its size and mtime", async () => {
    sample();
    const first = await cached();
    expect((await cached()).hash).toBe(first.hash);
    const { atime, mtime } = statSync(at("src/a.ts"));
    writeFileSync(at("src/a.ts"), "export {}:\n");
    utimesSync(at("src/a.ts"), atime, mtime);
    const second = await cached();
    expect(second.hash).not.toBe(first.hash);
    expect(second.hash).toBe(await hash());
    expect(second.changed).toEqual(["changed src/a.ts"]);
    expect(second.previous?.hash).toBe(first.hash);
  });

  it("W8: does not trust entries that were young when they were hashed", async () => {
    writeFileSync(at("f"), "old!");
    const young = () => hashWorkspace(root, { cacheFile, now: Date.now() });
    await young();
    const tree = loadTree(cacheFile);
    if (!tree) throw new Error("no cache");
    // What a clock too coarse to tell both writes apart would leave: the same look, another content.
    tree.directories[0]?.digests.fill(7);
    const { saveTree } = await import("../../../orchestrator/workspace/index.ts");
    saveTree(cacheFile, tree);
    expect((await young()).hash).toBe(await hash());
    saveTree(cacheFile, { ...tree, time: tree.time + LATER });
    expect((await young()).hash).not.toBe(await hash());
  });

  it("W8: believes a cache only when it was sealed with its own key", async () => {
    writeFileSync(at("f"), "old!");
    const [own, stranger] = [createSecretKey(Buffer.alloc(32, 1)), createSecretKey(Buffer.alloc(32, 2))];
    const sealed = () => hashWorkspace(root, { cacheFile, cacheKey: own, now: Date.now() + LATER });
    const { hash: right } = await sealed();
    const tree = loadTree(cacheFile, own);
    if (!tree) throw new Error("no cache");
    // A digest that hides what the file holds now.
    tree.directories[0]?.digests.fill(7);
    const { saveTree } = await import("../../../orchestrator/workspace/index.ts");
    for (const key of [undefined, stranger]) {
      saveTree(cacheFile, tree, key);
      expect(loadTree(cacheFile, own)).toBeUndefined();
      expect((await sealed()).hash).toBe(right);
    }
    saveTree(cacheFile, tree, own);
    expect((await sealed()).hash).not.toBe(right);
  });

  it("W8: ignores a damaged, truncated, foreign or unwritable cache", async () => {
    sample();
    const right = await hash();
    await cached();
    const whole = readFileSync(cacheFile);
    const flipped = Buffer.from(whole);
    flipped[whole.length >> 1] = (flipped[whole.length >> 1] ?? 0) ^ 1;
    for (const damage of [
      flipped,
      whole.subarray(0, whole.length - 1),
      Buffer.alloc(0),
      Buffer.from("text"),
      Buffer.concat([whole, whole]),
    ]) {
      writeFileSync(cacheFile, damage);
      expect(loadTree(cacheFile)).toBeUndefined();
      expect((await cached()).hash).toBe(right);
      expect(loadTree(cacheFile)?.hash).toBe(right);
    }
    expect((await hashWorkspace(root, { cacheFile: path.join(cacheFile, "below", "a-file") })).hash).toBe(right);
  });

  it("W8: leaves a cache alone that is still right", async () => {
    sample();
    await cached();
    const before = statSync(cacheFile).ino;
    await cached();
    expect(statSync(cacheFile).ino).toBe(before);
    chmodSync(at("zero"), 0o755);
    await cached();
    expect(statSync(cacheFile).ino).not.toBe(before);
  });

  it("names what changed between two hashes", async () => {
    sample();
    const before = await cached();
    writeFileSync(at("src/new.ts"), "");
    writeFileSync(at("zero"), "1");
    rmSync(bytes(`${root}/raw`, [0xff, 0xfe]));
    rmSync(at("src/deep"), { recursive: true });
    chmodSync(at("big"), 0o755);
    mkdirSync(at("tree/inner"), { recursive: true });
    const after = await cached();
    const all = [
      "changed big",
      "removed raw\\xff\\xfe",
      "removed src/deep",
      "added src/new.ts",
      "added tree",
      "changed zero",
    ];
    expect(after.changed).toEqual(all);
    expect(describeDifference(before.tree, after.tree, 2)).toEqual([...all.slice(0, 2), "and 4 more"]);
    expect(describeDifference(after.tree, after.tree)).toEqual([]);
  });

  it("refuses a workspace that is missing, no directory, or has an unusable .cabincrewignore", async () => {
    const invalid = { code: "workspace_invalid" };
    await expect(hashWorkspace(path.join(base, "none"))).rejects.toMatchObject(invalid);
    writeFileSync(at("file"), "");
    await expect(hashWorkspace(at("file"))).rejects.toMatchObject(invalid);
    for (const make of [
      () => symlinkSync("file", at(".cabincrewignore")),
      () => mkdirSync(at(".cabincrewignore")),
      () => execFileSync("mkfifo", [at(".cabincrewignore")]),
      () => writeFileSync(at(".cabincrewignore"), Buffer.alloc(2 << 20)),
    ]) {
      make();
      await expect(hash()).rejects.toMatchObject(invalid);
      rmSync(at(".cabincrewignore"), { recursive: true });
    }
  });

  it("W7: refuses what it cannot read, naming it", async () => {
    sample();
    chmodSync(base, 0o755);
    chmodSync(at("src/a.ts"), 0);
    const unprivileged = process.getuid?.() === 0;
    if (unprivileged) process.seteuid?.(65534);
    try {
      await expect(hash()).rejects.toMatchObject({
        code: "workspace_invalid",
        message: expect.stringContaining("src/a.ts"),
      });
    } finally {
      if (unprivileged) process.seteuid?.(0);
    }
    expect(existsSync(at("src/a.ts"))).toBe(true);
  });
});

type Tree = { [name: string]: Tree | string };

describe("the workspace hash, on any tree", () => {
  const name = fc
    .string({ unit: fc.constantFrom("a", "b", "B", "é", " ", "\n", "."), minLength: 1, maxLength: 4 })
    .filter((text) => !/^\.{1,2}$/.test(text));
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.dictionary(
      name,
      fc.oneof({ depthSize: "small" }, fc.string({ maxLength: 3 }), tie("tree") as fc.Arbitrary<Tree>),
      { maxKeys: 5 },
    ),
  }));
  const build = (directory: string, content: Tree, reversed: boolean) => {
    mkdirSync(directory);
    const entries = Object.entries(content);
    for (const [key, value] of reversed ? entries.reverse() : entries) {
      const target = path.join(directory, key);
      if (typeof value === "string") writeFileSync(target, value);
      else build(target, value, reversed);
    }
  };
  const normal = (content: Tree | string): unknown =>
    typeof content === "string"
      ? content
      : Object.entries(content)
          .map(([key, value]) => [key, normal(value)])
          .sort();

  it("is equal for equal trees, whatever the order they were made in, and differs for different trees", async () => {
    const base = mkdtempSync(path.join(tmpdir(), "cabincrew-trees-"));
    let count = 0;
    const hashOf = async (content: Tree, reversed: boolean) => {
      const directory = path.join(base, String(count++));
      build(directory, content, reversed);
      return (await hashWorkspace(directory)).hash;
    };
    try {
      await fc.assert(
        fc.asyncProperty(tree, tree, async (one, two) => {
          const hash = await hashOf(one, false);
          expect(await hashOf(one, true)).toBe(hash);
          const same = JSON.stringify(normal(one)) === JSON.stringify(normal(two));
          expect((await hashOf(two, false)) === hash).toBe(same);
        }),
        { numRuns: 60 },
      );
    } finally {
      rmSync(base, { recursive: true });
    }
  });
});
