/** The `opa` program: only needed to build policy packs, never to judge with them. */
import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { CabincrewError, errnoOf, makeScratch } from "../schema/index.ts";

const run = promisify(execFile);
const BLOCK = 512;
const UNSUPPORTED =
  "Correct the named line: policies here have no network, no clock, no random numbers, and of OPA's builtins those that spec/policies.md names.";
const OLD_REGO = "Rego from before OPA 1.0 is built with --rego v0; else correct the named line.";
/** No such file, or a file where a directory of its path should be. */
const ABSENT: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR"]);
/** The version the shipped packs and capabilities are made with. */
const OPA_VERSION = "1.22.0";

/** Its version, `1.22.0`; undefined when there is no such program. Throws `config_invalid` when it is something else. */
export async function readOpaVersion(opa: string): Promise<string | undefined> {
  try {
    return /^Version: (\S+)$/m.exec(await runOpa(opa, ["version"]))?.[1];
  } catch (error) {
    if (error instanceof CabincrewError && ABSENT.has(error.detail["errno"])) return undefined;
    throw error;
  }
}

/** Says how to get `opa`. */
export function noOpa(what: string, opa: string): CabincrewError {
  return new CabincrewError("config_invalid", `${what}: there is no program ${opa}`, {
    next: `Install Open Policy Agent (\`go install github.com/open-policy-agent/opa@v${OPA_VERSION}\`, or https://www.openpolicyagent.org) or name it with $OPA.`,
  });
}

/** Runs `opa` and returns what it printed. Throws `config_invalid` with what it said. */
export async function runOpa(opa: string, args: readonly string[], directory?: string): Promise<string> {
  try {
    const { stdout } = await run(opa, args, { maxBuffer: 64 * 1024 * 1024, ...(directory ? { cwd: directory } : {}) });
    return stdout;
  } catch (error) {
    const errno = errnoOf(error);
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    const said = sentencesOf([stderr, stdout].find((text) => text?.trim()) ?? String(error));
    throw new CabincrewError("config_invalid", `opa ${args[0]}: ${said.trim()}`, {
      cause: error,
      // A report is for whoever called; people are told in the sentence.
      detail: { ...(errno ? { errno } : {}), ...(stdout?.startsWith("[") ? { stdout } : {}) },
      next: nextOf(said),
    });
  }
}

function nextOf(said: string): string {
  if (/undefined function/.test(said)) return UNSUPPORTED;
  return /`(?:if|contains)` keyword is required/.test(said) ? OLD_REGO : "Correct the named line.";
}

/** Some of its commands report mistakes as JSON; people read `file:line: message`, one after the other. */
function sentencesOf(said: string): string {
  if (!said.trimStart().startsWith("{")) {
    const lines = said.split("\n").map((line) => line.trim());
    return lines
      .filter((line) => !/^\^*$/.test(line))
      .join("; ")
      .replaceAll(":; ", ": ");
  }
  try {
    const { errors } = JSON.parse(said) as { readonly errors: readonly Mistake[] };
    return errors.map(({ location, message }) => `${location.file}:${location.row}: ${message}`).join("; ");
  } catch {
    return said;
  }
}

interface Mistake {
  readonly message: string;
  readonly location: { readonly file: string; readonly row: number };
}

export interface Compilation {
  /** Where the sources lie; they are named relative to it, so that the result does not depend on where it is. */
  readonly directory: string;
  readonly sources: readonly string[];
  readonly entrypoints: readonly string[];
  /** True for Rego as it was written before OPA 1.0. */
  readonly v0?: boolean;
  /** A capabilities file; without it everything this `opa` knows is allowed. */
  readonly capabilities?: string;
}

/** Compiles Rego to WebAssembly. The same sources and the same `opa` give the same bytes. */
export async function compileWasm(opa: string, compilation: Compilation): Promise<Buffer> {
  const scratch = makeScratch("cabincrew-opa-");
  try {
    const bundle = path.join(scratch, "bundle.tar.gz");
    const entrypoints = compilation.entrypoints.flatMap((entrypoint) => ["-e", entrypoint]);
    const capabilities = compilation.capabilities ? ["--capabilities", compilation.capabilities] : [];
    const rego = regoFlags(compilation.v0);
    const args = [
      "build",
      "-t",
      "wasm",
      ...rego,
      ...entrypoints,
      ...capabilities,
      "-o",
      bundle,
      ...compilation.sources,
    ];
    await runOpa(opa, args, compilation.directory);
    return readMember(gunzipSync(await readFile(bundle)), "/policy.wasm");
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The data document of files and folders, put together as `opa` and conftest do: a folder's name is a key, a file's is none. */
export async function readData(opa: string, paths: readonly string[], directory: string): Promise<Buffer> {
  const scratch = makeScratch("cabincrew-opa-");
  try {
    const bundle = path.join(scratch, "bundle.tar.gz");
    await runOpa(opa, ["build", "--ignore", "*.rego", "-o", bundle, ...paths], directory);
    return readMember(gunzipSync(await readFile(bundle)), "/data.json");
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What `opa` is told of the language the sources are written in. */
export function regoFlags(v0 = false): readonly string[] {
  return v0 ? ["--v0-compatible"] : [];
}

/** One file out of a POSIX tar archive, as `opa build` writes it: plain members with short names. */
function readMember(archive: Buffer, wanted: string): Buffer {
  for (let offset = 0; offset + BLOCK <= archive.length; ) {
    const name = archive.toString("utf8", offset, offset + 100).replace(/\0.*$/s, "");
    const size = Number.parseInt(archive.toString("latin1", offset + 124, offset + 135), 8) || 0;
    const start = offset + BLOCK;
    if (name === wanted) return archive.subarray(start, start + size);
    offset = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  throw new CabincrewError("internal", `The bundle that opa built holds no ${wanted}`);
}
