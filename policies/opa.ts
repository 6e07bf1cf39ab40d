/** The `opa` program: only needed to build policy packs, never to judge with them. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { CabincrewError, errnoOf } from "../schema/index.ts";

const run = promisify(execFile);
const BLOCK = 512;

/** Its version, `1.22.0`; undefined when there is no such program. Throws `config_invalid` when it is something else. */
export async function readOpaVersion(opa: string): Promise<string | undefined> {
  try {
    return /^Version: (\S+)$/m.exec(await runOpa(opa, ["version"]))?.[1];
  } catch (error) {
    if (error instanceof CabincrewError && error.detail["errno"] === "ENOENT") return undefined;
    throw error;
  }
}

/** Runs `opa` and returns what it printed. Throws `config_invalid` with what it said. */
export async function runOpa(opa: string, args: readonly string[], directory?: string): Promise<string> {
  try {
    const { stdout } = await run(opa, args, { maxBuffer: 64 * 1024 * 1024, ...(directory ? { cwd: directory } : {}) });
    return stdout;
  } catch (error) {
    const errno = errnoOf(error);
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    const said = [stderr, stdout].find((text) => text?.trim()) ?? String(error);
    throw new CabincrewError("config_invalid", `opa ${args[0]}: ${said.trim()}`, {
      cause: error,
      ...(errno ? { detail: { errno } } : {}),
    });
  }
}

export interface Compilation {
  /** Where the sources lie; they are named relative to it, so that the result does not depend on where it is. */
  readonly directory: string;
  readonly sources: readonly string[];
  readonly entrypoints: readonly string[];
  /** A capabilities file; without it everything this `opa` knows is allowed. */
  readonly capabilities?: string;
}

/** Compiles Rego to WebAssembly. The same sources and the same `opa` give the same bytes. */
export async function compileWasm(opa: string, compilation: Compilation): Promise<Buffer> {
  const scratch = await mkdtemp(path.join(tmpdir(), "cabincrew-opa-"));
  try {
    const bundle = path.join(scratch, "bundle.tar.gz");
    const entrypoints = compilation.entrypoints.flatMap((entrypoint) => ["-e", entrypoint]);
    const capabilities = compilation.capabilities ? ["--capabilities", compilation.capabilities] : [];
    const args = ["build", "-t", "wasm", ...entrypoints, ...capabilities, "-o", bundle, ...compilation.sources];
    await runOpa(opa, args, compilation.directory);
    return readMember(gunzipSync(await readFile(bundle)), "/policy.wasm");
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
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
