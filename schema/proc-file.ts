/**
 * Reading files of /proc. They tell no size, so readFileSync takes 64 KiB for each that stay with the garbage collector;
 * a launch reads some fifty of them. Here all are read through one buffer.
 */
import { closeSync, openSync, readSync } from "node:fs";

const BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

/** The whole text, one character a byte. Throws the system's error. */
export function readProcFile(file: string): string {
  return read(file, Number.POSITIVE_INFINITY);
}

/** What one read gives, which is all of the first lines. Throws the system's error. */
export function readProcStart(file: string): string {
  return read(file, 1);
}

function read(file: string, most: number): string {
  const fd = openSync(file, "r");
  try {
    let text = "";
    for (let pieces = 0; pieces < most; pieces += 1) {
      const bytes = readSync(fd, BUFFER, 0, BUFFER.length, null);
      if (bytes === 0) break;
      text += BUFFER.toString("latin1", 0, bytes);
    }
    return text;
  } finally {
    closeSync(fd);
  }
}
