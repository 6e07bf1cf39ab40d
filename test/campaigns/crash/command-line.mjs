// The program's own command line within this process: a tenth of what a process of its own takes. It expects that this process
// was started with the environment of the place.
import { createRequire } from "node:module";
import path from "node:path";
import { REPOSITORY } from "./place.mjs";

const DEADLINE_MS = 60_000;

/** To be given to a place as its `inProcess`: the words of a command line to { code, out, err }. */
export function commandLine(place) {
  const { main } = createRequire(import.meta.url)(path.join(REPOSITORY, "dist", "cli.cjs"));
  return async (words) => {
    process.chdir(place.workspace);
    const said = { out: "", err: "" };
    const stream = (name) => ({
      write(chunk, ...more) {
        said[name] += chunk;
        more.at(-1)?.();
        return true;
      },
    });
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, DEADLINE_MS, "no end within a minute");
    });
    const code = await Promise.race([
      main(words, { stdout: stream("out"), stderr: stream("err"), env: process.env }),
      late,
    ]);
    clearTimeout(timer);
    return { code, ...said };
  };
}
