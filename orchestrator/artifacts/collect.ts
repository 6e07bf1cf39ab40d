/**
 * Collects what an engine left in its artifacts directory (A6): every rule of the directory contract is checked, and every
 * byte is read once, through one descriptor, and goes into the store as it is hashed. What was checked, what was hashed and
 * what is stored are therefore the same bytes; the directory is not needed afterwards.
 */
import path from "node:path";
import { compareUtf8, type Receipt, type ReceiptArtifact } from "../../schema/index.ts";
import { sha256Hex } from "../content/one-shot.ts";
import type { ContentSink } from "../content/port.ts";
import { readWhole, SMALL_BYTES } from "../content/read.ts";
import { DOCUMENT_BYTES, parseArtifact } from "./document.ts";
import { kindOf, listArtifacts, listFolder, withArtifactFile } from "./folder.ts";
import { findCollision, nameProblem } from "./names.ts";
import { checkComplete, checkEntry, receiptEntries, type SeenFile } from "./receipt.ts";
import { printable, refuseArtifact } from "./refuse.ts";
import type { ArtifactLimits, SealedArtifact } from "./types.ts";

/** Small contents held in memory before they are stored together. */
const BATCH_BYTES = 32 << 20;

/**
 * Collects, checks and stores all artifacts in `directory`, sorted by name in UTF-8 byte order. Refuses with
 * `artifact_invalid` naming the artifact, `engine_limit` beyond `limits`, or what the store refuses with.
 */
export async function collectAndSeal(
  directory: string,
  receipt: Receipt,
  limits: ArtifactLimits,
  sink: ContentSink,
): Promise<SealedArtifact[]> {
  const entries = receiptEntries(receipt);
  const names = listArtifacts(directory).sort(compareUtf8);
  checkNames(names, limits);
  checkComplete(entries, new Set(names));
  const collector = new Collector(directory, limits, sink);
  const sealed: SealedArtifact[] = [];
  for (const name of names) {
    const entry = entries.get(name);
    if (entry) sealed.push(await collector.collect(name, entry));
  }
  await collector.flush();
  return sealed;
}

function checkNames(names: readonly string[], limits: ArtifactLimits): void {
  if (names.length > limits.artifacts)
    throw refuseArtifact(
      names[limits.artifacts] ?? "",
      `there are ${names.length} artifacts, more than the ${limits.artifacts} allowed`,
      undefined,
      "engine_limit",
    );
  for (const name of names) {
    const problem = nameProblem(name);
    if (problem) throw refuseArtifact(name, problem, "Give the folder a plain name.");
  }
  const collision = findCollision(names);
  if (collision)
    throw refuseArtifact(
      collision[1],
      `its name and ${printable(collision[0])} differ only in case or Unicode normalisation`,
      "Choose names that differ in more than case.",
    );
}

class Collector {
  readonly #directory: string;
  readonly #limits: ArtifactLimits;
  readonly #sink: ContentSink;
  #batch: Uint8Array[] = [];
  #batchBytes = 0;
  #total = 0;

  constructor(directory: string, limits: ArtifactLimits, sink: ContentSink) {
    this.#directory = directory;
    this.#limits = limits;
    this.#sink = sink;
  }

  async collect(name: string, entry: ReceiptArtifact): Promise<SealedArtifact> {
    const folder = path.join(this.#directory, name);
    const files = plainFiles(folder, name);
    const { document, canonical, raw } = await this.#document(folder, name);
    const undeclared = files.find((file) => file !== "artifact.json" && file !== document.body_file);
    if (undeclared !== undefined)
      throw refuseArtifact(
        name,
        `its folder holds ${printable(undeclared)}, which artifact.json does not declare`,
        "Declare it as `body_file`, or do not write it.",
      );
    if (document.body_file !== undefined && !files.includes(document.body_file))
      throw refuseArtifact(
        name,
        `its body file ${printable(document.body_file)} is missing`,
        "Write the file that `body_file` names.",
      );
    const body =
      document.body_file === undefined ? undefined : await this.#body(path.join(folder, document.body_file), name);
    const seen = new Map<string, SeenFile>([["artifact.json", raw]]);
    if (body && document.body_file !== undefined) seen.set(document.body_file, body);
    checkEntry(entry, seen);
    return {
      name,
      role: entry.role,
      artifact_type: document.artifact_type,
      action: document.action,
      ...(document.target === undefined ? {} : { target: document.target }),
      mime: document.mime,
      document,
      metadata_sha256: await this.#keep(Buffer.from(canonical)),
      ...(body ? { body } : {}),
    };
  }

  async flush(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    if (batch.length > 0) await this.#sink.putMany(batch);
  }

  #document(folder: string, name: string) {
    return withArtifactFile(path.join(folder, "artifact.json"), name, (fd, size) => {
      if (size > DOCUMENT_BYTES)
        throw refuseArtifact(
          name,
          `its artifact.json has ${size} bytes, more than ${DOCUMENT_BYTES}`,
          "Move the content into a body file.",
        );
      this.#count(name, size);
      const bytes = readStable(fd, size, name);
      return { ...parseArtifact(name, bytes), raw: { sha256: sha256Hex(bytes), size } };
    });
  }

  #body(file: string, name: string): Promise<SeenFile> {
    return withArtifactFile(file, name, async (fd, size) => {
      this.#count(name, size);
      if (size <= SMALL_BYTES) return { sha256: await this.#keep(readStable(fd, size, name)), size };
      const stored = await this.#sink.putFile(fd);
      if (stored.size !== size) throw changed(name);
      return { sha256: stored.sha256, size };
    });
  }

  async #keep(bytes: Uint8Array): Promise<string> {
    this.#batch.push(bytes);
    this.#batchBytes += bytes.length;
    if (this.#batchBytes > BATCH_BYTES) await this.flush();
    return sha256Hex(bytes);
  }

  #count(name: string, size: number): void {
    this.#total += size;
    if (this.#total > this.#limits.bytes)
      throw refuseArtifact(
        name,
        `with it the artifacts have more than the ${this.#limits.bytes} bytes allowed`,
        undefined,
        "engine_limit",
      );
  }
}

/** The names of the plain files in an artifact's folder; any other kind of entry is refused. */
function plainFiles(folder: string, name: string): string[] {
  const entries = listFolder(folder, name);
  for (const entry of entries)
    if (!entry.isFile())
      throw refuseArtifact(
        name,
        `${printable(entry.name)} in its folder is ${kindOf(entry)}`,
        "An artifact's folder holds artifact.json and at most one plain body file.",
      );
  if (!entries.some((entry) => entry.name === "artifact.json"))
    throw refuseArtifact(name, "its folder has no artifact.json", "Write artifact.json into every artifact's folder.");
  return entries.map((entry) => entry.name);
}

/** Reads one byte further than the size, so that a file that grows or shrinks meanwhile is noticed. */
function readStable(fd: number, size: number, name: string): Buffer {
  const bytes = readWhole(fd, size + 1);
  if (bytes.length !== size) throw changed(name);
  return bytes;
}

function changed(name: string) {
  return refuseArtifact(name, "one of its files changed while it was collected", "Let no process outlive the engine.");
}
