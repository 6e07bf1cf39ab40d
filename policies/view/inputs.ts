/**
 * The inputs of a view: for `documents` one, for `file` one a document, as conftest does. Pure: the same request gives the same
 * inputs, so that what a policy saw can be shown again.
 */
import type { Json, JsonObject } from "../../schema/index.ts";
import { embeddedIn } from "./embedded.ts";
import { type ParseOptions, parseText } from "./parse.ts";
import type { Unread, ViewFile, ViewRequest } from "./request.ts";

/** One evaluation: the input as JSON text, and for the view `file` where it comes from. */
export interface ViewInput {
  readonly json: string;
  readonly from?: { readonly artifact: string; readonly file: string };
}

export interface ViewInputs {
  readonly inputs: readonly ViewInput[];
  /** For the view `file`: what could not be judged. In `documents` the input itself says so. */
  readonly unread: readonly Unread[];
}

export async function viewInputs(request: ViewRequest): Promise<ViewInputs> {
  return request.view === "file" ? eachDocument(request) : wholePlan(request);
}

async function eachDocument({ files, parser, yaml }: ViewRequest): Promise<ViewInputs> {
  const inputs: ViewInput[] = [];
  const unread: Unread[] = [];
  for (const { artifact, path: file, text, unseen } of files) {
    const parsed =
      text === undefined
        ? { unreadable: unseen ?? "its text is not there" }
        : await parseText(file, text, { parser, yaml, lines: false });
    if ("unreadable" in parsed) unread.push({ artifact, file, sentence: parsed.unreadable });
    else {
      // conftest takes a list that is a whole file for several configurations, and judges each on its own.
      const documents = parsed.documents.map(({ value }) => value);
      const [only] = documents;
      const values: readonly Json[] = documents.length === 1 && Array.isArray(only) ? only : documents;
      for (const value of values) inputs.push({ json: JSON.stringify(value), from: { artifact, file } });
    }
  }
  return { inputs, unread };
}

async function wholePlan({ plan, files, parser, yaml, embedded }: ViewRequest): Promise<ViewInputs> {
  const document = JSON.parse(plan ?? "{}") as { readonly artifacts?: readonly JsonObject[] };
  const artifacts = await Promise.all(
    (document.artifacts ?? []).map(async (artifact, index) => {
      const file = files[index];
      if (!file) return artifact;
      const format = parser === "auto" && file.format ? file.format : parser;
      return {
        ...artifact,
        ...(await shown(file, { parser: format, yaml, lines: true, ...(embedded ? { embedded } : {}) })),
      };
    }),
  );
  return { inputs: [{ json: JSON.stringify({ ...document, artifacts }) }], unread: [] };
}

type ShowOptions = ParseOptions & Pick<ViewRequest, "embedded">;

async function shown(file: ViewFile, options: ShowOptions): Promise<object> {
  const { path, oldPath = path, text, before, gone, unseen, unseenBefore } = file;
  const old =
    before === undefined ? {} : { before: { text: before, ...(await documentsOf(oldPath, before, options)) } };
  const unknown = unseenBefore === undefined ? {} : { before: { documents: [], unreadable: unseenBefore } };
  if (gone) return { documents: [], ...old, ...unknown };
  if (text === undefined) return { documents: [], unreadable: unseen ?? "its text is not there", ...old, ...unknown };
  return { text, ...(await documentsOf(path, text, options)), ...old, ...unknown };
}

async function documentsOf(path: string, text: string, options: ShowOptions): Promise<object> {
  const parsed = await parseText(path, text, options);
  if ("unreadable" in parsed) return { documents: [], unreadable: parsed.unreadable };
  // Text that is no format is shown once, as `text`.
  const documents = parsed.documents.filter(({ value }) => value !== text);
  if (!options.embedded) return { documents };
  try {
    return { documents: [...documents, ...(await embeddedIn(documents))] };
  } catch (error) {
    return { documents: [], unreadable: error instanceof Error ? error.message : String(error) };
  }
}
