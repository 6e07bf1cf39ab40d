/**
 * While a pipe or a socket is what Node 20 looked at last, its module loader follows no link: realpathSync() takes the type of that
 * look for the type of a directory it knows already. A program whose packages are links, as pnpm installs them, then does not find
 * those that it imports later.
 */
import { lstatSync, type Stats } from "node:fs";

const TYPE = 0o170000;
const PIPE = 0o010000;
const SOCKET = 0o140000;

/** Returns what a look found, having looked at something harmless where it was a pipe or a socket. Looks with `bigint` need none. */
export function looked<Found extends Stats | undefined>(found: Found): Found {
  if (found !== undefined && isTrap(found.mode)) lstatSync("/");
  return found;
}

function isTrap(mode: number): boolean {
  const type = mode & TYPE;
  return type === PIPE || type === SOCKET;
}
