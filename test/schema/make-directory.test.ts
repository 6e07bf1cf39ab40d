import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { makeDirectory } from "../../schema/index.ts";

describe("a directory that a person named", () => {
  const root = mkdtempSync(path.join(tmpdir(), "cabincrew-make-"));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const modeOf = (name: string) => statSync(path.join(root, name)).mode & 0o777;

  it("is made with those above it, for its owner alone", () => {
    makeDirectory(path.join(root, "a", "b", "c"));
    expect([modeOf("a"), modeOf("a/b"), modeOf("a/b/c")]).toEqual([0o700, 0o700, 0o700]);
  });

  it("is left as it is where it is there", () => {
    mkdirSync(path.join(root, "there"));
    chmodSync(path.join(root, "there"), 0o755);
    makeDirectory(path.join(root, "there"));
    expect(modeOf("there")).toBe(0o755);
  });

  it("is refused where a file is in the way, or nothing can be made, and never waited for", () => {
    writeFileSync(path.join(root, "file"), "");
    expect(() => makeDirectory(path.join(root, "file"))).toThrow(/EEXIST/);
    expect(() => makeDirectory(path.join(root, "file", "x"))).toThrow(/ENOTDIR/);
    if (process.platform === "linux") expect(() => makeDirectory("/proc/none/x")).toThrow(/ENOENT/);
  });
});
