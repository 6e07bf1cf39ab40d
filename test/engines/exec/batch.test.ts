import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bytePath } from "../../../engines/exec/bytes.ts";
import { Batch } from "../../../engines/exec/take-off/batch.ts";
import { Directories } from "../../../engines/exec/take-off/directories.ts";
import { sha256 } from "../../../schema/index.ts";

const CONTENT = Buffer.from("as planned\n");

describe("new contents beside another take-off of the same workspace", () => {
  let scratch: string;
  let workspace: string;
  let batch: Batch;
  const temporary = () => readdirSync(workspace).find((name) => name.startsWith(".cabincrew-tmp-")) ?? "";
  beforeEach(async () => {
    scratch = mkdtempSync(path.join(tmpdir(), "cabincrew-batch-"));
    workspace = path.join(scratch, "workspace");
    mkdirSync(workspace);
    const sealed = path.join(scratch, "sealed");
    writeFileSync(sealed, CONTENT);
    writeFileSync(path.join(workspace, "file"), "before\n");
    batch = new Batch(new Directories(workspace));
    await batch.add(bytePath("file"), sealed, 0o644, sha256(CONTENT));
  });
  afterEach(() => rmSync(scratch, { recursive: true }));

  it("take their place whole where nobody else writes", async () => {
    await batch.finish();
    expect(readFileSync(path.join(workspace, "file"))).toEqual(CONTENT);
    expect(readdirSync(workspace)).toEqual(["file"]);
  });

  it.each([
    ["is another one's, half written", (place: string) => writeFileSync(place, "as pl")],
    ["was taken away", () => undefined],
  ])("leave the file alone when what bears their temporary name %s (takeoff_failed)", async (_, other) => {
    const place = path.join(workspace, temporary());
    unlinkSync(place);
    other(place);
    await expect(batch.finish()).rejects.toMatchObject({
      code: "takeoff_failed",
      message: expect.stringContaining("another state directory"),
    });
    expect(readFileSync(path.join(workspace, "file"), "utf8")).toBe("before\n");
  });
});

it("a file in the workspace is copied from among more directories than are kept open", async () => {
  const workspace = mkdtempSync(path.join(tmpdir(), "cabincrew-batch-"));
  const directories = new Directories(workspace);
  const copies = new Batch(directories);
  for (let number = 0; number < 300; number += 1) {
    mkdirSync(path.join(workspace, `${number}`));
    writeFileSync(path.join(workspace, `${number}`, "file"), CONTENT);
    const file = bytePath(`${number}/file`);
    expect(directories.place(file)).toBeDefined();
    await copies.addCopy(file, file, 0o640, sha256(CONTENT));
  }
  await copies.finish();
  expect(statSync(path.join(workspace, "299", "file")).mode & 0o7777).toBe(0o640);
  directories.closeAll();
  rmSync(workspace, { recursive: true });
});

it("an error of the file system names the place in the workspace, not the descriptor that led there", () => {
  const workspace = mkdtempSync(path.join(tmpdir(), "cabincrew-batch-"));
  mkdirSync(path.join(workspace, "sub"));
  const directories = new Directories(workspace);
  const places = ["file", "sub/file"].map((name) => `${directories.place(bytePath(name))}: permission denied`);
  expect(directories.named(places.join("; "))).toBe("./file: permission denied; sub/file: permission denied");
  directories.closeAll();
  rmSync(workspace, { recursive: true });
});
