import type { BegunRun } from "../orchestrator/index.ts";
import { EXIT } from "../schema/index.ts";
import { main } from "./main.ts";
import { guardOutput } from "./output.ts";

export { main };

/** The process around the command line: streams, the end of a pipe, the exit code. The entry of dist/cli.cjs. */
export async function start(begun?: BegunRun): Promise<void> {
  const lost = guardOutput(process, () => process.exit(process.exitCode ?? EXIT.ok));
  const code = await main(process.argv.slice(2), process, begun);
  process.exitCode = code;
  // What is left open now (a worker that does not end) must not keep a finished command waiting; output goes out first.
  process.stdout.write("", () =>
    setImmediate(() => {
      const why = lost();
      const told = why === undefined ? "" : `error The result could not be written to standard output: ${why}\n`;
      process.stderr.write(told, () => process.exit(why === undefined || code !== EXIT.ok ? code : EXIT.failed));
    }),
  );
}
