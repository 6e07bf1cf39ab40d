import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { openContentStore } from "../../../orchestrator/content/index.ts";
import { keepContents } from "../../../orchestrator/imports/keep-contents.ts";
import { carriedPieces, PIECE_BYTES, type Piece } from "../../../orchestrator/integrity/carried.ts";
import { sha256 } from "../../../schema/index.ts";

const stateDir = mkdtempSync(path.join(tmpdir(), "cabincrew-keep-"));
afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

async function* pieces(contents: readonly Buffer[], name = sha256): AsyncGenerator<Piece> {
  for (const bytes of contents)
    for (let offset = 0; offset === 0 || offset < bytes.length; offset += PIECE_BYTES) {
      const data = bytes.subarray(offset, offset + PIECE_BYTES);
      yield { sha256: name(bytes), offset, last: offset + data.length === bytes.length, data };
    }
}

it("keeps contents of any size, small ones and those of many pieces, and leaves no temporary file", async () => {
  const content = openContentStore(stateDir);
  const sizes = [0, 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES, 5];
  const all = sizes.map((size) => randomBytes(size));
  await keepContents(pieces(all), content, stateDir);
  for (const bytes of all) expect((await content.read(sha256(bytes))).equals(bytes)).toBe(true);
  expect(readdirSync(path.join(stateDir, "store", "tmp"))).toEqual([]);
});

it("refuses what is not, when it is stored, what it was when it was checked", async () => {
  const content = openContentStore(stateDir);
  for (const size of [9, 2 * PIECE_BYTES]) {
    const wrong = pieces([randomBytes(size)], () => "0".repeat(64));
    await expect(keepContents(wrong, content, stateDir)).rejects.toMatchObject({ code: "import_refused" });
    expect(await content.has("0".repeat(64))).toBe(false);
  }
  const cutOff = path.join(stateDir, "cut-off");
  writeFileSync(cutOff, "{}");
  await expect(keepContents(carriedPieces(cutOff, 0), content, stateDir)).rejects.toMatchObject({
    code: "import_refused",
    message: expect.stringContaining("cut off"),
  });
  expect(readdirSync(path.join(stateDir, "store", "tmp"))).toEqual([]);
});
