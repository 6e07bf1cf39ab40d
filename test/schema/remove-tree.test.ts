import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { removeTree } from "../../schema/index.ts";

const scratch = mkdtempSync(path.join(tmpdir(), "cabincrew-remove-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function tree(name: string, count: number): string {
  const root = path.join(scratch, name);
  for (let index = 0; index < count; index += 1) {
    const directory = path.join(root, String(index % 20), "below");
    mkdirSync(directory, { recursive: true });
    writeFileSync(path.join(directory, String(index)), "");
  }
  return root;
}

it("a tree that another process deletes at the same time is gone for both", async () => {
  for (const round of [1, 2, 3]) {
    const root = tree(`deleted-${round}`, 1500);
    const other = spawn("rm", ["-rf", root]);
    await once(other, "spawn");
    removeTree(root);
    expect(existsSync(root)).toBe(false);
    if (other.exitCode === null) await once(other, "close");
  }
});

it("a tree into which another process puts something meanwhile is emptied again", async () => {
  const root = tree("filled", 1500);
  // Not by `:`, whose failing redirection ends a shell.
  const script = `for i in 1 2 3 4 5 6 7 8; do mkdir -p "$0/7/below" && echo > "$0/7/below/new$i"; done; echo done`;
  const other = spawn("sh", ["-c", script, root]);
  await once(other, "spawn");
  removeTree(root);
  await once(other.stdout, "data");
  removeTree(root);
  expect(existsSync(root)).toBe(false);
});

it("a tree deeper than any path may be long is gone, with all it held", () => {
  const place = path.join(scratch, "deep");
  mkdirSync(place);
  const at = (level: number): string => path.join(place, `level-${level}`);
  // From the bottom up, as nobody could name it from the top down.
  mkdirSync(at(0));
  for (let level = 1; level <= 120; level += 1) {
    mkdirSync(at(level));
    writeFileSync(path.join(at(level), "file"), "");
    renameSync(at(level - 1), path.join(at(level), "d".repeat(200)));
  }
  removeTree(at(120));
  expect(readdirSync(place)).toEqual([]);
});
