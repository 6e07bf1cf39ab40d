import { EXIT, type ExitCode } from "../schema/index.ts";

/** Signals that interrupt a run, and the exit codes they lead to. A terminal that goes away (SIGHUP) ends it as orderly. */
const CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.terminated } as const;

export interface Interruption {
  readonly signal: AbortSignal;
  /** The exit code of the signal that came, else undefined. */
  readonly code: () => ExitCode | undefined;
  stop(): void;
}

/** The first of them aborts, with SIGINT or else SIGTERM as the reason; the second one ends the process at once. */
export function onInterruption(announce: (signal: string) => void): Interruption {
  const controller = new AbortController();
  let code: ExitCode | undefined;
  const handler = (signal: keyof typeof CODES) => {
    if (code !== undefined) process.exit(CODES[signal]);
    code = CODES[signal];
    announce(signal);
    controller.abort(signal === "SIGINT" ? signal : "SIGTERM");
  };
  for (const signal of Object.keys(CODES)) process.on(signal, handler);
  return {
    signal: controller.signal,
    code: () => code,
    stop: () => {
      for (const signal of Object.keys(CODES)) process.off(signal, handler);
    },
  };
}
