/**
 * Standard streams that can be opened by name. Node would give a child sockets, and those cannot: `echo > /dev/stderr` or
 * `cat /dev/stdin`, common in scripts of every language, would fail. The input is a file in memory, stdout and stderr are
 * named pipes (Node has no call for pipe(2)); all names are gone again before the engine starts.
 */
import { randomBytes } from "node:crypto";
import { closeSync, constants, openSync, unlinkSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import path from "node:path";
import type { Readable } from "node:stream";
import type { PipeNames } from "./pipe-names.ts";

export interface StandardStreams {
  /** What spawn() gets for stdin, stdout and stderr; `pipe` where named pipes cannot be made. */
  readonly child: readonly (number | "pipe")[];
  /** Our ends; absent with `pipe`, when the child object has them. */
  readonly ours?: { readonly stdout: Readable; readonly stderr: Readable };
  /** Gives up our copies of the engine's ends, without which there would be no end of file. Safe to call again. */
  readonly release: () => void;
}

const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants;
/** Memory rather than disk, since the input may hold secrets. */
const MEMORY = "/dev/shm";

/** `directory` must be private and writable. `input` is all the engine will read on stdin; `naming` gives two named pipes. */
export async function openStreams(
  directory: string,
  input: string,
  naming: Promise<PipeNames | undefined>,
): Promise<StandardStreams> {
  const names = await naming;
  const fds: number[] = [];
  const open = (name: string, flags: number): number => {
    const fd = openSync(name, flags);
    fds.push(fd);
    return fd;
  };
  try {
    const stdin = openInput(input, directory, open);
    return names ? withPipes(stdin, names, open) : { child: [stdin, "pipe", "pipe"], release: once([stdin]) };
  } catch (error) {
    for (const fd of fds) closeSync(fd);
    throw error;
  } finally {
    for (const name of names ?? []) remove(name);
  }
}

export function closeStreams(streams: StandardStreams): void {
  streams.release();
  for (const stream of Object.values(streams.ours ?? {})) stream.destroy();
}

/** A read-only descriptor at the beginning of a file without a name. */
function openInput(input: string, directory: string, open: (name: string, flags: number) => number): number {
  const name = `.cabincrew-${randomBytes(12).toString("hex")}`;
  for (const place of [MEMORY, directory]) {
    const file = path.join(place, name);
    try {
      writeFileSync(file, input, { mode: 0o600, flag: "wx" });
      return open(file, O_RDONLY);
    } catch (error) {
      if (place === directory) throw error;
    } finally {
      remove(file);
    }
  }
  throw new Error("unreachable: the last place either opens or throws");
}

/** Opening the writing end waits for a reader, so our non-blocking ends come first; the engine's are blocking, as programs expect. */
function withPipes(stdin: number, names: PipeNames, open: (name: string, flags: number) => number) {
  const read = names.map((name) => open(name, O_RDONLY | O_NONBLOCK));
  const write = names.map((name) => open(name, O_WRONLY));
  const [stdout, stderr] = read.map((fd) => new Socket({ fd, readable: true, writable: false }));
  if (!stdout || !stderr) throw new Error("two names give two streams");
  return { child: [stdin, ...write], ours: { stdout, stderr }, release: once([stdin, ...write]) };
}

function once(fds: readonly number[]): () => void {
  let held = true;
  return () => {
    if (held) for (const fd of fds) closeSync(fd);
    held = false;
  };
}

function remove(name: string): void {
  try {
    unlinkSync(name);
  } catch {
    // It was never made.
  }
}
