/**
 * The engine's stderr on its way to the log file: redacted, as it comes, never held in memory. Lines for a progress view
 * have no control characters, so that an engine cannot drive the terminal of the person who judges it.
 */
import { closeSync, constants, lstatSync, openSync, rmSync, writeSync } from "node:fs";
import { looked } from "../../schema/index.ts";
import type { Redactor } from "./redact.ts";

/** Longer lines are shown cut; the file has them whole. */
const SHOWN_LINE = 2_000;
const TAIL = 4_096;
/** Of a burst of more lines the last ones are shown: nobody reads faster, and the file has them all. */
const SHOWN_AT_ONCE = 200;
const ANSI = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;

export interface EngineLog {
  readonly write: (chunk: Buffer) => void;
  /** Flushes and closes; safe to call again. */
  readonly close: () => void;
  /** Bytes received so far. */
  readonly bytes: () => number;
  /** The last non-empty line, for error sentences. */
  readonly lastLine: () => string;
}

/** Appends to `file` (0600 when new; see `openOwn`). Throws the system's error when it cannot be opened or written. */
export function openLog(file: string, redactor: Redactor, onLine?: (line: string) => void): EngineLog {
  const fd = openOwn(file);
  const redacted = redactor.stream();
  const decoder = new TextDecoder();
  let open = true;
  let received = 0;
  let pending = "";
  let last = "";

  const show = (line: string): void => {
    const clean = printable(line).slice(0, SHOWN_LINE);
    if (clean.trim() === "") return;
    last = clean;
    onLine?.(clean);
  };
  const emit = (bytes: Buffer): void => {
    for (let offset = 0; offset < bytes.length; ) offset += writeSync(fd, bytes, offset);
    const lines = (pending + decoder.decode(bytes, { stream: true })).split(/\r?\n|\r/);
    pending = (lines.pop() ?? "").slice(0, TAIL);
    for (const line of lines.slice(-SHOWN_AT_ONCE)) show(line);
  };
  return {
    write(chunk) {
      received += chunk.length;
      emit(redacted.push(chunk));
    },
    close() {
      if (!open) return;
      open = false;
      try {
        emit(redacted.end());
        show(pending);
      } finally {
        closeSync(fd);
      }
    },
    bytes: () => received,
    lastLine: () => last,
  };
}

/** Whatever else was put in the log's place is removed: through a link, the engine's words would go into somebody's file. */
function openOwn(file: string): number {
  const found = looked(lstatSync(file, { throwIfNoEntry: false }));
  if (found && !(found.isFile() && found.nlink === 1)) {
    rmSync(file, { recursive: true, force: true });
    // Removing looks as well.
    looked(found);
  }
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  return openSync(file, O_WRONLY | O_APPEND | O_CREAT | (O_NOFOLLOW ?? 0), 0o600);
}

/** Without terminal sequences, control and direction-changing characters; tabs become spaces. */
export function printable(line: string): string {
  return line
    .replace(ANSI, "")
    .replaceAll("\t", "  ")
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "");
}
