/**
 * The artifact contract (A6) as far as an engine's author has to keep it: one folder per artifact with artifact.json and at
 * most one declared body, all of them in the receipt with the right digests. The orchestrator's own scan is stricter still.
 */
import { lstat, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import {
  type ArtifactDocument,
  CabincrewError,
  type Json,
  losesDigits,
  parseDocument,
  type Receipt,
  repeatsKey,
} from "../../schema/index.ts";
import { hashFile } from "./tree.ts";

export interface CheckedArtifact {
  readonly name: string;
  readonly document: ArtifactDocument;
  readonly body: string | undefined;
}

/** Throws CabincrewError artifact_invalid with the first problem. */
export async function checkArtifacts(directory: string, receipt: Receipt): Promise<CheckedArtifact[]> {
  const names = (await readdir(directory)).sort();
  const listed = receipt.artifacts ?? [];
  const missing = listed.find(({ name }) => !names.includes(name));
  if (missing) throw refuse(missing.name, "is in the receipt but not in the artifacts directory");
  if (new Set(listed.map(({ name }) => name)).size !== listed.length)
    throw refuse("the receipt", "lists an artifact twice");
  const artifacts: CheckedArtifact[] = [];
  for (const name of names) {
    const artifact = await checkArtifact(directory, name);
    const entry = listed.find((each) => each.name === name);
    if (!entry) throw refuse(name, "is not in the receipt");
    const files = [
      `${name}/artifact.json`,
      ...(artifact.document.body_file ? [`${name}/${artifact.document.body_file}`] : []),
    ];
    if (!files.includes(entry.path)) throw refuse(name, `its \`path\` in the receipt must be ${files.join(" or ")}`);
    const hash = await hashFile(path.join(directory, entry.path));
    if (entry.hash.replace(/^sha256:/, "") !== hash)
      throw refuse(name, `its digest in the receipt is not that of ${entry.path}`);
    artifacts.push(artifact);
  }
  return artifacts;
}

async function checkArtifact(directory: string, name: string): Promise<CheckedArtifact> {
  const folder = path.join(directory, name);
  if (!(await lstat(folder)).isDirectory()) throw refuse(name, "is not a folder with an artifact.json");
  const files = await readdir(folder, { withFileTypes: true });
  const special = files.find((file) => !file.isFile());
  if (special) throw refuse(name, `holds ${special.name}, which is no regular file`);
  if (!files.some((file) => file.name === "artifact.json")) throw refuse(name, "has no artifact.json");
  const document = await readDocument(path.join(folder, "artifact.json"), name);
  const body = document.body_file;
  const extra = files.find((file) => file.name !== "artifact.json" && file.name !== body);
  if (extra) throw refuse(name, `holds ${extra.name}, which its artifact.json does not declare`);
  if (body && !files.some((file) => file.name === body))
    throw refuse(name, `has no ${body}, which its artifact.json declares`);
  return { name, document, body: body ? path.join(folder, body) : undefined };
}

async function readDocument(file: string, name: string): Promise<ArtifactDocument> {
  let text: string;
  let value: Json;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
    value = JSON.parse(text) as Json;
  } catch {
    throw refuse(name, "its artifact.json is not JSON");
  }
  if (repeatsKey(text, value)) throw refuse(name, "its artifact.json has a key twice in one object");
  if (losesDigits(text))
    throw refuse(name, "its artifact.json holds a whole number of more digits than JSON numbers keep");
  return parseDocument("artifact", value, "artifact_invalid", `artifact.json of ${name}`);
}

function refuse(name: string, why: string): CabincrewError {
  return new CabincrewError("artifact_invalid", `${JSON.stringify(name)}: ${why}`);
}
