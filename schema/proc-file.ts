/**
 * Reading files of /proc. They tell no size, so readFileSync takes 64 KiB for each that stay with the garbage collector;
 * a launch reads some fifty of them. Here all are read through one buffer.
 */
import { closeSync, openSync, readSync } from "node:fs";

const BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

/** The whole text, one character a byte. Throws the system's error. */
export function readProcFile(file: string): string {
  const fd = openSync(file, "r");
  try {
    let text = "";
    for (;;) {
      const bytes = readSync(fd, BUFFER, 0, BUFFER.length, null);
      if (bytes === 0) return text;
      text += BUFFER.toString("latin1", 0, bytes);
    }
  } finally {
    closeSync(fd);
  }
}
