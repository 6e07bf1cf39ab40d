/**
 * Stores the contents that an export carries. They were checked before; they are checked again while they are stored, by the names they
 * get, since the file may have changed. Small ones together, large ones by way of a temporary file: none is held in memory.
 */
import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import path from "node:path";
import { CabincrewError } from "../../schema/index.ts";
import type { ContentStore, StoredContent } from "../content/index.ts";
import { writeAll } from "../content/read.ts";
import type { Piece } from "../integrity/carried.ts";
import { temporaryName } from "../temporary/index.ts";

const TOGETHER_BYTES = 16 << 20;
const TOGETHER = 1000;

/** Throws import_refused where the file is another one now; what was stored until then is content that nothing names. */
export async function keepContents(
  pieces: AsyncIterable<Piece>,
  content: ContentStore,
  stateDir: string,
): Promise<void> {
  let small: { sha256: string; bytes: Buffer }[] = [];
  let held = 0;
  const flush = async (): Promise<void> => {
    const stored = await content.putMany(small.map(({ bytes }) => bytes));
    for (const [index, { sha256 }] of small.entries()) assertSame(sha256, stored[index]);
    small = [];
    held = 0;
  };
  let large: { readonly file: string; readonly fd: number } | undefined;
  const drop = (): void => {
    if (!large) return;
    closeSync(large.fd);
    rmSync(large.file, { force: true });
    large = undefined;
  };
  try {
    for await (const { sha256, offset, last, data } of pieces) {
      if (last && offset === 0) {
        small.push({ sha256, bytes: data });
        held += data.length;
        if (held > TOGETHER_BYTES || small.length >= TOGETHER) await flush();
        continue;
      }
      large ??= openLarge(stateDir);
      writeAll(large.fd, data);
      if (!last) continue;
      assertSame(sha256, await content.putFile(large.file));
      drop();
    }
    if (small.length > 0) await flush();
  } finally {
    drop();
  }
}

function openLarge(stateDir: string): { readonly file: string; readonly fd: number } {
  const directory = path.join(stateDir, "store", "tmp");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = temporaryName(path.join(directory, "import"));
  return { file, fd: openSync(file, "wx", 0o600) };
}

function assertSame(sha256: string, stored: StoredContent | undefined): void {
  if (stored?.sha256 === sha256) return;
  throw new CabincrewError("import_refused", "The export changed while it was imported; nothing was recorded.", {
    next: "Import it again once nobody writes it any more.",
  });
}
