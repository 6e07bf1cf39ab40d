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

const { O_RDONLY, O_RDWR, O_WRONLY, O_EXCL, O_NONBLOCK } = constants;
/** A file that never has a name; Node has no word for it. Where the number means something else, opening a directory so fails. */
const O_TMPFILE = 0o20000000 | (constants.O_DIRECTORY ?? 0);
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
  const places = [MEMORY, directory];
  for (const place of process.platform === "linux" ? places : []) {
    try {
      return neverNamed(input, place, open);
    } catch {
      // Not every file system can.
    }
  }
  for (const place of places) {
    try {
      return namedForAMoment(input, place, open);
    } catch (error) {
      if (place === directory) throw error;
    }
  }
  throw new Error("unreachable: the last place either opens or throws");
}

/** Whoever is killed in here leaves nothing behind: with the last descriptor the file is gone. */
function neverNamed(input: string, place: string, open: (name: string, flags: number) => number): number {
  const fd = openSync(place, O_TMPFILE | O_RDWR | O_EXCL, 0o600);
  try {
    writeFileSync(fd, input);
    return open(`/proc/self/fd/${fd}`, O_RDONLY);
  } finally {
    closeSync(fd);
  }
}

function namedForAMoment(input: string, place: string, open: (name: string, flags: number) => number): number {
  const file = path.join(place, `.cabincrew-${randomBytes(12).toString("hex")}`);
  try {
    writeFileSync(file, input, { mode: 0o600, flag: "wx" });
    return open(file, O_RDONLY);
  } finally {
    remove(file);
  }
}

/** Opening the writing end waits for a reader, so our non-blocking ends come first; the engine's are blocking, as programs expect. */
function withPipes(stdin: number, names: PipeNames, open: (name: string, flags: number) => number) {
  const read = names.map((name) => open(name, O_RDONLY | O_NONBLOCK));
  const write = names.map((name) => open(name, O_WRONLY));
  const [stdout, stderr] = read.map(readable);
  if (!stdout || !stderr) throw new Error("two names give two streams");
  return { child: [stdin, ...write], ours: { stdout, stderr }, release: once([stdin, ...write]) };
}

/** Reads at once, so it may fail before anybody listens; who listens then hears that it is closed. */
function readable(fd: number): Readable {
  return new Socket({ fd, readable: true, writable: false }).on("error", () => undefined);
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
