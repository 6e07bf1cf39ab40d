/**
 * Which artifacts a pack sees, and their texts: read only here and only for packs that ask. What does not fit is shown as
 * unseen, never left out.
 */
import picomatch from "picomatch";
import type { PreflightContents, PreflightInput } from "../../schema/index.ts";
import { digestOf, type PolicyPackInput, type PreflightArtifact } from "../../schema/index.ts";
import { type Format, formatOf } from "./format.ts";
import { oldText } from "./old-text.ts";
import { formatIn, mayBeAnything } from "./recognize.ts";
import type { ViewFile, ViewRequest } from "./request.ts";

/** Text of all files of one view, in UTF-16 units; what comes after is unseen. */
export const MAX_VIEW_TEXT = 64 * 1024 * 1024;
const READ_AT_ONCE = 16;

/** What a judge keeps of a view as evidence: the same texts give the same digest. */
export interface SelectedView {
  readonly request: ViewRequest;
  readonly texts_sha256: string;
}

/**
 * Decides by the path alone; globs match hidden files as well. What is included is so in any case (`x.YAML` is YAML to whoever
 * is handed it), what is excluded only as written. Throws for a glob that cannot be compiled.
 */
export function selector(input: PolicyPackInput): (path: string) => boolean {
  const options = { dot: true, strictBrackets: true };
  const included = input.include && picomatch(input.include, { ...options, nocase: true });
  const excluded = input.exclude && picomatch(input.exclude, options);
  const byName = input.view === "file" && !included && (input.parser ?? "auto") === "auto";
  return (path) => {
    if (excluded?.(path)) return false;
    if (byName) return formatOf(path) !== "text";
    return included ? included(path) : true;
  };
}

/** Reads what the view shows. `contents` absent: bodies in the plan are all there is, the rest is unseen. */
export async function selectView(
  input: PolicyPackInput & { readonly view: "documents" | "file" },
  plan: PreflightInput,
  contents: PreflightContents | undefined,
): Promise<SelectedView> {
  const selects = selector(input);
  const known = await recognized(input, plan, contents, selects);
  const artifacts = plan.artifacts.filter(
    (artifact) =>
      known.has(artifact) ||
      ((selects(pathOf(artifact)) || (input.view === "documents" && leaves(artifact, selects))) &&
        hasText(artifact, input.view)),
  );
  const files: ViewFile[] = [];
  let room = MAX_VIEW_TEXT;
  for (let start = 0; start < artifacts.length; start += READ_AT_ONCE) {
    const batch = artifacts.slice(start, start + READ_AT_ONCE);
    const read = await Promise.all(batch.map((artifact) => viewFile(artifact, contents, input.view)));
    for (const [index, one] of read.entries()) {
      const format = known.get(batch[index] as PreflightArtifact);
      const file = format === undefined ? one : { ...one, format };
      room -= (file.text?.length ?? 0) + (file.before?.length ?? 0);
      files.push(room >= 0 ? file : tooMuch(file));
    }
  }
  const request: ViewRequest = {
    view: input.view,
    parser: input.parser ?? "auto",
    yaml: input.yaml ?? (input.view === "file" ? "1.1" : "1.2"),
    ...(input.recognize?.includes("kubernetes") ? { embedded: true as const } : {}),
    ...(input.view === "documents" ? { plan: JSON.stringify({ ...plan, artifacts }) } : {}),
    files,
  };
  return { request, texts_sha256: digestOf(files) };
}

/** Files that no glob includes, but their content; a new file's lines are in the plan, so that nothing is read for most. */
async function recognized(
  { view, recognize, exclude }: PolicyPackInput,
  { artifacts }: PreflightInput,
  contents: PreflightContents | undefined,
  selects: (path: string) => boolean,
): Promise<ReadonlyMap<PreflightArtifact, Format>> {
  const found = new Map<PreflightArtifact, Format>();
  if (view !== "documents" || !recognize?.length) return found;
  const excludes = exclude ? picomatch(exclude, { dot: true, strictBrackets: true }) : () => false;
  const open = artifacts.filter((one) => !selects(pathOf(one)) && !excludes(pathOf(one)) && mayBeAnything(one));
  for (const artifact of open) {
    const { change, name, body } = artifact;
    const text =
      change?.op === "create" && !change.truncated
        ? change.added.map((line) => line.text).join("\n")
        : ((await contents?.text(name)) ?? body);
    const format = text === undefined ? undefined : formatIn(text, recognize);
    if (format !== undefined) found.set(artifact, format);
  }
  return found;
}

export function pathOf({ change, target, name }: PreflightArtifact): string {
  return change?.path ?? target ?? name;
}

/** A file renamed to what a pack does not see is gone for whoever reads such files, so it is shown with what it held. */
function leaves({ change }: PreflightArtifact, selects: (path: string) => boolean): boolean {
  return change?.op === "rename" && change.old_path !== undefined && selects(change.old_path);
}

/** conftest sees the files there are: what is deleted and what is a directory is none. */
function hasText({ change, action }: PreflightArtifact, view: ViewRequest["view"]): boolean {
  if (view === "documents") return true;
  return change ? change.op !== "delete" && change.entry !== "directory" : action !== "delete";
}

async function viewFile(
  artifact: PreflightArtifact,
  contents: PreflightContents | undefined,
  view: ViewRequest["view"],
): Promise<ViewFile> {
  const { name, body, change } = artifact;
  const oldPath = change?.old_path === undefined ? {} : { oldPath: change.old_path };
  const head = { artifact: name, path: pathOf(artifact), ...oldPath };
  const gone = change ? change.op === "delete" || change.entry === "directory" : artifact.action === "delete";
  const text = gone ? undefined : ((await contents?.text(name)) ?? body);
  const now = gone ? { gone } : text === undefined ? { unseen: whyUnseen(artifact) } : { text };
  if (view === "file" || !change || change.op === "create" || (change.old_entry ?? "file") !== "file")
    return { ...head, ...now };
  const before = gone || text !== undefined ? oldText(change, text) : undefined;
  return { ...head, ...now, ...(before === undefined ? { unseenBefore: "its old text is not known" } : { before }) };
}

function whyUnseen({ change }: PreflightArtifact): string {
  if (change && change.entry !== "file") return `it is a ${change.entry}, not a file`;
  return change?.binary ? "it is not text" : "its text is too large, not text, or not there";
}

function tooMuch({ artifact, path }: ViewFile): ViewFile {
  return { artifact, path, unseen: "the plan holds more text than a policy is shown" };
}
