/**
 * What identifies a file's content without reading it (W8), five numbers per entry. They are doubles, since Node makes those at a
 * fraction of what BigInts cost. Nothing that matters is lost: size, inode and device are exact, and the times, which are held to a
 * quarter of a microsecond, keep their order, also towards a whole millisecond. So whatever changed after a hash began, which puts
 * its ctime beyond the whole millisecond that decides about trust, looks different from a trusted entry, whose ctime is before it.
 */
import type { BigIntStats, Stats } from "node:fs";

/** Size in bytes, mtime and ctime in milliseconds since the epoch, inode, device. */
export const STAT_COLUMNS = 5;

type Identity = Pick<Stats, "size" | "mtimeMs" | "ctimeMs" | "ino" | "dev">;
type ExactIdentity = Pick<BigIntStats, "size" | "mtimeNs" | "ctimeNs" | "ino" | "dev">;

/** Writes the columns of entry `index`; false when the inode is too large for it, and `putExactStat` must. */
export function putStat(columns: Float64Array, index: number, stat: Identity): boolean {
  const { ino } = stat;
  const at = index * STAT_COLUMNS;
  columns[at] = stat.size;
  columns[at + 1] = stat.mtimeMs;
  columns[at + 2] = stat.ctimeMs;
  columns[at + 3] = ino;
  columns[at + 4] = stat.dev;
  return ino <= Number.MAX_SAFE_INTEGER;
}

/** The same for any inode: what is above its lower 52 bits goes to the device, which is negative then, as no other is. */
export function putExactStat(columns: Float64Array, index: number, stat: ExactIdentity): void {
  const ino = BigInt.asUintN(64, stat.ino);
  const at = index * STAT_COLUMNS;
  columns[at] = Number(stat.size);
  columns[at + 1] = milliseconds(stat.mtimeNs);
  columns[at + 2] = milliseconds(stat.ctimeNs);
  columns[at + 3] = Number(BigInt.asUintN(52, ino));
  columns[at + 4] = -1 - Number(stat.dev * 4096n + (ino >> 52n));
}

/** As Node does it: the whole seconds are exact, which is what keeps the order. */
function milliseconds(ns: bigint): number {
  return Number(ns / 1_000_000_000n) * 1000 + Number(ns % 1_000_000_000n) / 1e6;
}

/** Whether two entries look the same. */
export function sameStat(a: Float64Array, i: number, b: Float64Array, j: number): boolean {
  for (let column = 0; column < STAT_COLUMNS; column++)
    if (a[i * STAT_COLUMNS + column] !== b[j * STAT_COLUMNS + column]) return false;
  return true;
}

/** Whether an entry's mtime and ctime both lie before `time`, whole milliseconds since the epoch. */
export function isOlder(columns: Float64Array, index: number, time: number): boolean {
  const at = index * STAT_COLUMNS;
  return (columns[at + 1] ?? time) < time && (columns[at + 2] ?? time) < time;
}
