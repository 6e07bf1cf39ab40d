/** The directory for plan files, and how commands are told about it. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { CabincrewError } from "../../schema/index.ts";
import type { Command } from "./config.ts";

/** In the sandbox always at the same path, so that plans that mention it do not differ from run to run. */
const SEEN = "/tmp/cabincrew-plan";
export const PLACEHOLDER = "{plan_dir}";

export interface Exchange {
  readonly from: string;
  /** Where the command sees it. */
  readonly to: string;
}

export function makeExchange(tempDir: string, sandboxed: boolean): Exchange {
  const from = path.join(tempDir, "plan-files");
  mkdirSync(from, { mode: 0o700 });
  return { from, to: sandboxed ? SEEN : from };
}

/** The argv with `{plan_dir}` filled in. In a script only a path the shell takes as it is can stand for it. */
export function argvOf(command: Command, exchange: Exchange): readonly string[] {
  if (typeof command !== "string") return command.map((word) => word.replaceAll(PLACEHOLDER, exchange.to));
  if (command.includes(PLACEHOLDER) && !/^[\w./-]+$/.test(exchange.to))
    throw new CabincrewError(
      "config_invalid",
      `The plan directory ${exchange.to} cannot stand for ${PLACEHOLDER} in a script.`,
      {
        next: 'Write "$CABINCREW_PLAN_DIR" instead.',
      },
    );
  return ["sh", "-c", command.replaceAll(PLACEHOLDER, exchange.to)];
}
