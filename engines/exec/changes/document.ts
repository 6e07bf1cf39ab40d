/** A change as artifact.json and back (spec/artifacts.md, format cabincrew.file-change/1). */
import { isUtf8 } from "node:buffer";
import { type ArtifactDocument, CabincrewError, isSha256 } from "../../../schema/index.ts";
import { readableBytes } from "../../diff/index.ts";
import { type BytePath, bytesOf } from "../bytes.ts";
import { fields } from "../config.ts";
import { type Change, type EntryState, needsBody } from "./change.ts";

export const FILE_CHANGE = "cabincrew.file-change/1";
const TEXT = "text/plain; charset=utf-8";
const BYTES = "application/octet-stream";

/** `text`: the content that travels or goes is UTF-8 text. */
export function changeDocument(change: Change, text: boolean): ArtifactDocument {
  const { now, old } = change;
  const entry = (now ?? old)?.kind;
  return {
    artifact_type: "file",
    action: change.op,
    target: readableBytes(bytesOf(change.path)),
    mime: text ? TEXT : BYTES,
    ...(needsBody(change) ? { body_file: "body" } : {}),
    metadata: {
      format: FILE_CHANGE,
      entry,
      ...(old ? { old_entry: old.kind } : {}),
      ...(now ? { mode: octal(now.mode) } : {}),
      ...(old ? { old_mode: octal(old.mode) } : {}),
      ...content("", now),
      ...content("old_", old),
      ...(change.oldPath === undefined ? {} : named("old_path", change.oldPath)),
      ...encoded("path_b64", change.path),
    },
  };
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

function content(prefix: "" | "old_", state: EntryState | undefined): Record<string, unknown> {
  return {
    ...(state?.sha256 === undefined ? {} : { [`${prefix}sha256`]: state.sha256, [`${prefix}size`]: state.size }),
    ...(state?.link === undefined ? {} : named(`${prefix}link_target`, state.link)),
  };
}

function named(key: string, bytes: BytePath): Record<string, string> {
  return { [key]: readableBytes(bytesOf(bytes)), ...encoded(`${key}_b64`, bytes) };
}

function encoded(key: string, bytes: BytePath): Record<string, string> {
  const buffer = bytesOf(bytes);
  return isUtf8(buffer) ? {} : { [key]: buffer.toString("base64") };
}

/** The change an artifact of type `file` holds; anything it does not understand completely is refused. */
export function parseChange(name: string, document: ArtifactDocument): Change {
  const read = new Reader(name, fields(document.metadata));
  if (document.artifact_type !== "file" || read.text("format") !== FILE_CHANGE)
    throw read.refuse(`is not a ${FILE_CHANGE}`);
  const op = document.action;
  if (op !== "create" && op !== "update" && op !== "delete" && op !== "rename")
    throw read.refuse(`has the unknown action ${op}`);
  const now = op === "delete" ? undefined : read.state("");
  const old = op === "create" ? undefined : read.state("old_");
  const path = read.bytes("path", document.target);
  const change: Change = {
    op,
    path,
    ...(op === "rename" ? { oldPath: read.bytes("old_path") } : {}),
    ...(old ? { old } : {}),
    ...(now ? { now } : {}),
  };
  if (needsBody(change) !== (document.body_file !== undefined))
    throw read.refuse("has a body where none belongs, or none where one does");
  if (
    op === "rename" &&
    (now?.kind !== old?.kind || now?.sha256 !== old?.sha256 || now?.link !== old?.link || now?.kind === "directory")
  )
    throw read.refuse("renames something into something else");
  return change;
}

class Reader {
  readonly #name: string;
  readonly #metadata: Readonly<Record<string, unknown>>;

  constructor(name: string, metadata: Readonly<Record<string, unknown>>) {
    this.#name = name;
    this.#metadata = metadata;
  }

  refuse(why: string): CabincrewError {
    return new CabincrewError(
      "artifact_invalid",
      `The artifact ${JSON.stringify(this.#name)} cannot be applied: it ${why}.`,
    );
  }

  text(key: string): string {
    const value = this.#metadata[key];
    if (typeof value !== "string") throw this.refuse(`has no \`${key}\``);
    return value;
  }

  /** The exact bytes of a path or link target; what people read must be the same bytes made readable. */
  bytes(key: string, shown = this.#metadata[key]): BytePath {
    if (typeof shown !== "string") throw this.refuse(`has no \`${key}\``);
    const exact = this.#metadata[`${key}_b64`];
    if (exact === undefined) return Buffer.from(shown).toString("latin1");
    const bytes = typeof exact === "string" ? Buffer.from(exact, "base64") : undefined;
    if (!bytes || readableBytes(bytes) !== shown || isUtf8(bytes))
      throw this.refuse(`shows another \`${key}\` than it holds`);
    return bytes.toString("latin1");
  }

  state(prefix: "" | "old_"): EntryState {
    const kind = this.text(prefix === "old_" ? "old_entry" : "entry");
    const mode = this.text(`${prefix}mode`);
    if (!/^[0-7]{4}$/.test(mode)) throw this.refuse(`has the mode ${JSON.stringify(mode)}`);
    const common = { mode: Number.parseInt(mode, 8) };
    if (kind === "directory") return { kind, ...common };
    if (kind === "symlink") return { kind, ...common, link: this.bytes(`${prefix}link_target`) };
    const sha256 = this.#metadata[`${prefix}sha256`];
    const size = this.#metadata[`${prefix}size`];
    if (kind !== "file" || !isSha256(sha256) || !Number.isSafeInteger(size))
      throw this.refuse("does not say what the entry is");
    return { kind, ...common, size: Number(size), sha256 };
  }
}
