import { spawnSync } from "node:child_process";
import path from "node:path";

const CAMPAIGNS = path.join(import.meta.dirname, "..", "..", "campaigns");

/** Runs a slice of a campaign in a process of its own; its exit code and its last line, with all it printed for a failing test. */
export function campaign(name: string, ...argv: readonly string[]) {
  const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;
  const done = spawnSync(process.execPath, [path.join(CAMPAIGNS, name, "campaign.mjs"), ...argv], {
    encoding: "utf8",
    env: environment,
  });
  const printed = `${done.stdout}${done.stderr}`;
  return { code: done.status, lastLine: done.stdout.trimEnd().split("\n").at(-1) ?? "", printed };
}
