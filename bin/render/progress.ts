import type { RunObservation } from "../../orchestrator/index.ts";
import type { Screen } from "../screen.ts";
import { withoutWorkflowCommands } from "./escape.ts";
import { code, safe } from "./shown.ts";
import { stageOf } from "./stages.ts";
import { duration } from "./units.ts";

/** Shows a run going on: one line redrawn in place on a terminal, plain lines without one. */
export interface Progress {
  observe(observation: RunObservation): void;
  /** Clears the live line, so that other text can be written. */
  stop(): void;
}

const REDRAW_MS = 100;
const CLEAR = "\r\x1b[2K";
/** A line longer than the terminal is cut by the terminal itself, which knows how wide each character is. */
const NO_WRAP = "\x1b[?7l";
const WRAP = "\x1b[?7h";
const FRAMES = ["|", "/", "-", "\\"] as const;

/** `now` returns milliseconds of a monotonic clock. */
export function createProgress(screen: Screen, now: () => number = () => performance.now()): Progress {
  return screen.live ? liveProgress(screen, now) : plainProgress(screen, now);
}

/** So many lines of one stage's log are shown; a build log of a CI system is no place for hundreds of megabytes. */
const SHOWN_LOG_LINES = 1_000;

function plainProgress(screen: Screen, now: () => number): Progress {
  const started = now();
  const { dim } = screen.err;
  let logged = 0;
  return {
    observe(observation) {
      if (observation.kind === "state")
        screen.tell(safe`${dim(duration(now() - started).padStart(8))}  ${stageOf(observation.state)}`);
      if (observation.kind !== "log") {
        logged = 0;
        return;
      }
      logged += 1;
      if (logged <= SHOWN_LOG_LINES) screen.tell(dim(safe`          | ${code(observation.line)}`));
      if (logged === SHOWN_LOG_LINES)
        screen.tell(dim(safe`          | (all of it: cabincrew logs ${observation.run_id})`));
    },
    stop() {},
  };
}

function liveProgress(screen: Screen, now: () => number): Progress {
  const started = now();
  const { bold, cyan, dim } = screen.err;
  let stage = "starting";
  let log = "";
  let frame = 0;
  const draw = () => {
    frame += 1;
    const line = safe`${cyan(FRAMES[frame % FRAMES.length] ?? "|")} ${bold(stage)} ${dim(duration(now() - started))}`;
    const tail = log === "" ? "" : dim(safe`  ${code(log.replaceAll("\t", " "))}`).toString();
    screen.redraw(`${CLEAR}${NO_WRAP}${withoutWorkflowCommands(line.toString() + tail)}${WRAP}`);
  };
  const timer = setInterval(draw, REDRAW_MS);
  timer.unref();
  return {
    observe(observation) {
      if (observation.kind === "state") stage = stageOf(observation.state);
      if (observation.kind === "log") log = observation.line;
      if (observation.kind === "state") draw();
    },
    stop() {
      clearInterval(timer);
      screen.redraw(CLEAR);
    },
  };
}
