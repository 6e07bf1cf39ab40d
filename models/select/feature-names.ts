/**
 * The numbers a model of features may ask for by name: feature set 1, as spec/models.md lists it. A meaning never changes under
 * its name; another meaning is another feature set.
 */
import type { PreflightArtifact, PreflightInput } from "../../schema/index.ts";
import { extensionOf } from "./languages.ts";
import { fileOf } from "./scope.ts";
import type { TextMeasures } from "./text-measures.ts";

/** What features are computed from; `text` measures the added text, or the body of what is no file change. */
export interface FeatureSubject {
  readonly artifact: PreflightArtifact;
  readonly text: TextMeasures;
  readonly summary: PreflightInput["summary"];
}
type Feature = (subject: FeatureSubject) => number;
type Change = NonNullable<PreflightArtifact["change"]>;

const OPS = ["create", "update", "delete", "rename"];
const ENTRIES = ["file", "symlink", "directory"];
const PLAIN: Readonly<Record<string, Feature>> = {
  size: ({ artifact }) => artifact.size ?? 0,
  insertions: ({ artifact }) => artifact.change?.insertions ?? 0,
  deletions: ({ artifact }) => artifact.change?.deletions ?? 0,
  depth: ({ artifact }) => pathOf(artifact).split("/").length - 1,
  hidden: ({ artifact }) => flag(/(^|\/)\.[^/]/.test(pathOf(artifact))),
  executable: ofChange((change) => change.executable),
  became_executable: ofChange((change) => change.became_executable),
  setid: ofChange((change) => change.setid),
  binary: ofChange((change) => change.binary),
  truncated: ofChange((change) => change.truncated),
  text_bytes: ({ text }) => text.bytes,
  text_lines: ({ text }) => text.lines,
  longest_line: ({ text }) => text.longestLine,
  entropy: ({ text }) => text.entropy,
  non_ascii: ({ text }) => text.share("nonAscii"),
  letters: ({ text }) => text.share("letters"),
  digits: ({ text }) => text.share("digits"),
  spaces: ({ text }) => text.share("spaces"),
  controls: ({ text }) => text.share("controls"),
  invisible: ({ text }) => text.invisible,
  "plan.artifacts": ({ summary }) => summary.artifacts,
  "plan.files": ({ summary }) => summary.files,
  "plan.created": ({ summary }) => summary.created,
  "plan.updated": ({ summary }) => summary.updated,
  "plan.deleted": ({ summary }) => summary.deleted,
  "plan.renamed": ({ summary }) => summary.renamed,
  "plan.binary": ({ summary }) => summary.binary,
  "plan.insertions": ({ summary }) => summary.insertions,
  "plan.deletions": ({ summary }) => summary.deletions,
};
/** `family:value` is 1 where the artifact has that value, else 0. Without a list any value is a value. */
const ONE_HOT: Readonly<Record<string, { of: (artifact: PreflightArtifact) => string; values?: readonly string[] }>> = {
  op: { of: ({ change }) => change?.op ?? "", values: OPS },
  entry: { of: ({ change }) => change?.entry ?? "", values: ENTRIES },
  extension: { of: (artifact) => extensionOf(pathOf(artifact)) },
  artifact_type: { of: ({ artifact_type }) => artifact_type },
};

/** How a feature is computed; undefined for a name that is none. */
export function featureOf(name: string): Feature | undefined {
  if (Object.hasOwn(PLAIN, name)) return PLAIN[name];
  const at = name.indexOf(":");
  const family = name.slice(0, Math.max(0, at));
  const value = name.slice(at + 1);
  if (!Object.hasOwn(ONE_HOT, family) || value === "") return undefined;
  const { of, values } = ONE_HOT[family] ?? { of: () => "" };
  if (values && !values.includes(value)) return undefined;
  return ({ artifact }) => flag(of(artifact) === value);
}

/** Why a list of features cannot be computed; undefined when it can. */
export function featureFault(names: readonly string[]): string | undefined {
  const unknown = names.find((name) => featureOf(name) === undefined);
  return unknown === undefined ? undefined : `feature set 1 has no feature ${unknown}`;
}

/** Names without a value after a colon, and the families with one, for the specification. */
export const FEATURE_NAMES: { readonly plain: readonly string[]; readonly families: readonly string[] } = {
  plain: Object.keys(PLAIN),
  families: Object.keys(ONE_HOT),
};

function ofChange(test: (change: Change) => boolean): Feature {
  return ({ artifact }) => flag(artifact.change !== undefined && test(artifact.change));
}

function pathOf(artifact: PreflightArtifact): string {
  return fileOf(artifact) ?? artifact.name;
}

function flag(value: boolean): number {
  return value ? 1 : 0;
}
