/** Which artifacts a model is asked about (`applies_to`). Loaded matcher only where a manifest has globs. */
import type { ModelScope, PreflightArtifact } from "../../schema/index.ts";
import { isLanguage } from "./languages.ts";

const GLOB = { dot: true, strictBrackets: true };
/** What is included is so in any case of letters, what is excluded only as written: doubt is scored. */
const INCLUDED = { ...GLOB, nocase: true };
type Matches = (path: string) => boolean;

/** Path of the change, else the target, else undefined: what findings call `file`. */
export function fileOf(artifact: PreflightArtifact): string | undefined {
  return artifact.change?.path ?? artifact.target;
}

/** Decides by path and type alone; a renamed file counts under both its names. Throws for a glob that cannot be compiled. */
export async function scopeOf(scope: ModelScope = {}): Promise<(artifact: PreflightArtifact) => boolean> {
  const included = await matcher(scope.include, INCLUDED);
  const excluded = await matcher(scope.exclude, GLOB);
  const { languages, artifact_types } = scope;
  return (artifact) => {
    const paths = [fileOf(artifact) ?? artifact.name, artifact.change?.old_path].filter((path) => path !== undefined);
    if (artifact_types && !artifact_types.includes(artifact.artifact_type)) return false;
    if (languages && !paths.some((path) => isLanguage(path, languages))) return false;
    if (included && !paths.some(included)) return false;
    return !(excluded && paths.every(excluded));
  };
}

async function matcher(globs: readonly string[] | undefined, options: typeof GLOB): Promise<Matches | undefined> {
  if (!globs) return undefined;
  const { default: picomatch } = await import("picomatch");
  return picomatch([...globs], options);
}
