/** What a view is made of: plain data, so that it can be sent to the worker thread, where whatever is hostile is parsed. */
import type { PolicyPackInput } from "../../schema/index.ts";
import type { Format } from "./format.ts";

/** One artifact that a view shows. */
export interface ViewFile {
  readonly artifact: string;
  /** The path of the change, else the target, else the name. */
  readonly path: string;
  /** Where it was before, for a rename. */
  readonly oldPath?: string;
  /** Known by what it holds, whatever its name says. */
  readonly format?: Format;
  readonly text?: string;
  readonly before?: string;
  /** There is no new text, by the nature of the change: the file is deleted. */
  readonly gone?: true;
  /** Why the new text, or the old one, cannot be shown. */
  readonly unseen?: string;
  readonly unseenBefore?: string;
}

export interface ViewRequest {
  readonly view: "documents" | "file";
  readonly parser: NonNullable<PolicyPackInput["parser"]>;
  readonly yaml: NonNullable<PolicyPackInput["yaml"]>;
  /** Manifests inside of documents are given as documents too. */
  readonly embedded?: true;
  /** For `documents` the preflight document as JSON text, its artifacts limited to `files` and in their order. */
  readonly plan?: string;
  readonly files: readonly ViewFile[];
}

/** A file, or one whose text or documents could not be had and why. */
export interface Unread {
  readonly artifact: string;
  readonly file: string;
  readonly sentence: string;
}
