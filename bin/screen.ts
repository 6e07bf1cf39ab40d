import type { WriteStream } from "node:tty";
import { visibleJson, withoutWorkflowCommands } from "./render/escape.ts";
import { createInk, type Ink, type Showable, type Shown, safe } from "./render/shown.ts";

/** Where a command writes: results to stdout, people's text to stderr. Only `Shown` text gets through (render/shown.ts). */
export interface Screen {
  /** stdout carries one JSON document and nothing else. */
  readonly json: boolean;
  /** stdout carries NDJSON observations. */
  readonly events: boolean;
  readonly quiet: boolean;
  /** Colours of stdout and of stderr. */
  readonly out: Ink;
  readonly err: Ink;
  /** stderr is a terminal on which a line can be redrawn. */
  readonly live: boolean;
  /** A command's result, with a line feed added. */
  result(text: Showable): void;
  /** As `result`, without the line feed. */
  part(text: Shown): void;
  /** Text for people and progress; dropped by --quiet. */
  tell(text: Showable): void;
  /** An error: never dropped. */
  alarm(text: Showable): void;
  /** Text of a machine format, which escapes by its own rules. */
  formatted(text: string): void;
  /** The one JSON document of --json; after --events it is the last line. */
  document(value: unknown): void;
  /** One NDJSON line. */
  event(value: unknown): void;
  /** Redraws the live line on stderr. */
  redraw(text: string): void;
}

export interface ScreenOptions {
  readonly json?: boolean;
  readonly events?: boolean;
  readonly quiet?: boolean;
  readonly noColor?: boolean;
}

type Stream = Pick<WriteStream, "write" | "isTTY"> & { readonly columns?: number };

export interface Surface {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function createScreen(surface: Surface, options: ScreenOptions): Screen {
  const { stdout, stderr, env } = surface;
  const json = options.json ?? false;
  const events = options.events ?? false;
  const quiet = options.quiet ?? false;
  const guard = inRunner(env) ? withoutWorkflowCommands : (text: string) => text;
  const plain = (text: Showable) => guard(safe`${text}`.toString());
  return {
    json,
    events,
    quiet,
    out: createInk(wantsColour(stdout, env, options.noColor ?? false)),
    err: createInk(wantsColour(stderr, env, options.noColor ?? false)),
    live: stderr.isTTY === true && env["TERM"] !== "dumb" && !quiet,
    result: (text) => void stdout.write(`${plain(text)}\n`),
    part: (text) => void stdout.write(plain(text)),
    tell: (text) => void (quiet || stderr.write(`${plain(text)}\n`)),
    alarm: (text) => void stderr.write(`${plain(text)}\n`),
    formatted: (text) => void stdout.write(text.endsWith("\n") || text === "" ? text : `${text}\n`),
    document: (value) => void stdout.write(`${visibleJson(JSON.stringify(value, null, events ? 0 : 2))}\n`),
    event: (value) => void stdout.write(`${visibleJson(JSON.stringify(value))}\n`),
    redraw: (text) => void stderr.write(text),
  };
}

/** In a CI system whose runner reads commands in what is printed: GitHub's, Azure Pipelines, TeamCity. */
function inRunner(env: Surface["env"]): boolean {
  return env["GITHUB_ACTIONS"] === "true" || ["TF_BUILD", "TEAMCITY_VERSION"].some((name) => Boolean(env[name]));
}

/** --no-color, then NO_COLOR (no-color.org), then FORCE_COLOR, then whether the stream is a terminal. */
function wantsColour(stream: Stream, env: Surface["env"], noColor: boolean): boolean {
  if (noColor || env["NO_COLOR"]) return false;
  const force = env["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  return stream.isTTY === true && env["TERM"] !== "dumb";
}
