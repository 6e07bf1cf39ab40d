/** Bundles that opa made, and what a hostile hand makes of them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { type Headers, pack } from "tar-stream";
import { onTestFinished } from "vitest";
import { readArchive } from "../../policies/bundle/archive.ts";
import { packageRoot } from "../../schema/index.ts";

/** A file of the fixtures: `rs256.tar.gz`, `rs256.pem`. */
export function fixtureBundle(name: string): string {
  return path.join(packageRoot(), "test", "fixtures", "bundles", name);
}

/** The files of a bundle of the fixtures, by name. */
export async function filesOf(name: string): Promise<Map<string, Buffer>> {
  return new Map(await readArchive(readFileSync(fixtureBundle(name)), name));
}

export interface Member extends Partial<Headers> {
  readonly name: string;
  readonly content?: Buffer | string;
}

/** Writes a bundle with these members, whatever they are. */
export async function writeBundle(members: readonly Member[], name = "made.tar.gz"): Promise<string> {
  const archive = pack();
  for (const { content = "", ...header } of members) archive.entry(header, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return scratchFile(name, gzipSync(Buffer.concat(chunks)));
}

/** A file of the test's own. */
export function scratchFile(name: string, content: Buffer | string): string {
  const directory = mkdtempSync(path.join(tmpdir(), "bundle-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = path.join(directory, name);
  writeFileSync(file, content);
  return file;
}

export function membersOf(files: ReadonlyMap<string, Buffer | string>): Member[] {
  return [...files].map(([name, content]) => ({ name: `/${name}`, content }));
}
