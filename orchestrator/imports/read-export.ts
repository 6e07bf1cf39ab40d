/** An export as it is read for an import: everything it says is checked here, before anything is written. */
import { createHash, type KeyObject } from "node:crypto";
import { closeSync, fstatSync } from "node:fs";
import { CabincrewError, toCabincrewError } from "../../schema/index.ts";
import type { VoteAt } from "../integrity/approvals.ts";
import type { BundleLists } from "../integrity/bundle.ts";
import type { Piece } from "../integrity/carried.ts";
import { checkExport } from "../integrity/check-export.ts";
import { openPlain, readAt } from "../integrity/export-document.ts";
import { type ExportedRun, openExport } from "../integrity/export-file.ts";
import { parseForeign } from "../integrity/foreign-json.ts";
import { namedContents } from "../integrity/named-contents.ts";
import { keyIdOf } from "../ledger/chain.ts";
import type { RunRecord } from "../runs/record.ts";
import { documentProblem, type ExportedDocument, publicKeyOf, reviewProblem } from "./exported-run.ts";

/** More of a review than anybody reads; it is held as a whole to be shown. */
const REVIEW_BYTES = 256 << 20;
const CHUNK = 1 << 20;
/** Characters of one sentence about an export. */
const MOST_SAID = 1000;

export interface ProvenExport {
  readonly document: ExportedDocument;
  readonly record: RunRecord;
  /** Addresses of the contents that the run names. */
  readonly named: readonly string[];
  /** Whether all of them are carried; also where there are none. */
  readonly contents: boolean;
  readonly pieces: ExportedRun["pieces"];
  readonly votes: readonly VoteAt[];
  readonly file: { readonly sha256: string; readonly size: number };
  /** What tells the file from what it may be later. */
  readonly stamp: string;
}

/**
 * Throws usage for what is no exported run, and import_refused for one that does not hold what it says. `pinned` is the key it has to
 * be signed with; without it the one that the file names itself, which proves only that the file is of one piece.
 */
export async function readForImport(file: string, pinned: KeyObject | undefined): Promise<ProvenExport> {
  const stamp = stampOf(file);
  const source = await openExport(file);
  if (source.kind === "lines")
    throw new CabincrewError("usage", `${file} holds the entries of a ledger; what is imported is one exported run.`, {
      next: "Have it made with `cabincrew export <run>` where the run lives.",
    });
  const wrong = documentProblem(source.bundle);
  if (wrong) throw refused(short(wrong));
  const document = source.bundle as unknown as ExportedDocument;
  const key = publicKeyOf(document);
  if (!key) throw refused("The public key that the export names is none that a ledger has.");
  if (pinned && keyIdOf(pinned) !== keyIdOf(key))
    throw refused(
      `The export is signed with key ${keyIdOf(key)}; the key that was named is ${keyIdOf(pinned)}.`,
      { key_id: keyIdOf(key) },
      "Find out from the ledger's owner which of the two is theirs.",
    );
  const review = new ReviewReader();
  const { findings, run, contents, votes } = await checkExport(source, pinned ?? key, {
    keep: (piece, lists) => review.accept(piece, lists),
  });
  const [first] = findings.all;
  if (first || !run) {
    const more = findings.met > 1 ? ` (and ${findings.met - 1} more findings)` : "";
    const shown = findings.all.slice(0, 20).map((finding) => ({ ...finding, message: short(finding.message) }));
    throw refused(`${short(first?.message ?? "The export cannot be followed.")}${more}`, { findings: shown });
  }
  const named = [...namedContents(run.run, run.planned, run.outputs).keys()];
  return {
    document,
    record: run.run,
    named,
    contents: contents !== undefined || named.length === 0,
    pieces: source.pieces,
    votes,
    file: digestOfFile(file),
    stamp,
  };
}

/** Throws import_refused where the file is not the one any more that was checked, and whose digest is about to be recorded. */
export function assertUnchanged(file: string, { stamp }: ProvenExport): void {
  if (stampOf(file) !== stamp)
    throw refused("The export changed while it was imported.", {}, "Import it again once nobody writes it any more.");
}

export function refused(message: string, detail: Record<string, unknown> = {}, next?: string): CabincrewError {
  return new CabincrewError("import_refused", message, { detail, ...(next === undefined ? {} : { next }) });
}

/** A sentence may quote the export, which may say anything at any length. */
function short(sentence: string): string {
  return sentence.length > MOST_SAID ? `${sentence.slice(0, MOST_SAID)}…` : sentence;
}

/** The review is shown as a document, so it has to be one, not only bytes with the right digest. */
class ReviewReader {
  private readonly parts: Buffer[] = [];
  private size = 0;

  accept({ sha256, last, data }: Piece, { run }: BundleLists): void {
    if (sha256 !== run.review_sha256) return;
    this.parts.push(data);
    this.size += data.length;
    if (this.size > REVIEW_BYTES) throw refused(`The review of the run has more than ${REVIEW_BYTES} bytes.`);
    if (!last) return;
    let problem: string | undefined;
    try {
      problem = reviewProblem(parseForeign(Buffer.concat(this.parts)));
    } catch (error) {
      problem = (error as Error).message;
    }
    if (problem) throw refused(`The review of the run cannot be shown: ${problem}.`);
  }
}

function stampOf(file: string): string {
  const fd = openPlain(file);
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = fstatSync(fd, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
  } finally {
    closeSync(fd);
  }
}

function digestOfFile(file: string): { readonly sha256: string; readonly size: number } {
  const fd = openPlain(file);
  const hash = createHash("sha256");
  let size = 0;
  try {
    for (;;) {
      const chunk = readAt(fd, size, CHUNK);
      if (chunk.length === 0) return { sha256: hash.digest("hex"), size };
      hash.update(chunk);
      size += chunk.length;
    }
  } catch (error) {
    throw toCabincrewError(error, "usage", `Reading the export ${file}`);
  } finally {
    closeSync(fd);
  }
}
