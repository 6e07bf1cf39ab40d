import { main } from "./main.ts";

export { main };

/** The process around the command line: streams, the end of a pipe, the exit code. The entry of dist/cli.cjs. */
export async function start(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      // The reader of a pipe went away (`| head`): end quietly, as if it had read everything.
      process.exit(error.code === "EPIPE" ? (process.exitCode ?? 0) : 1);
    });
  }
  const code = await main(process.argv.slice(2), process);
  process.exitCode = code;
  // What is left open now (a worker that does not end) must not keep a finished command waiting; output goes out first.
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
}
