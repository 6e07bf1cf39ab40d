import path from "node:path";
import { EXIT } from "../../schema/index.ts";
import { loadLibrary } from "../crew.ts";
import { renderDoctor } from "../render/doctor.ts";
import { configDirectory, stateDirectory } from "../surroundings.ts";
import { verb } from "../verb.ts";

export const doctor = verb({
  usage: "doctor",
  summary: "What this machine can do, what is missing, how to get it",
  examples: [["cabincrew doctor", "Exits 1 when something that every run needs is missing"]],
  async run(args, screen) {
    const library = await loadLibrary();
    const findings = await library.doctor({
      stateDir: stateDirectory(args["state-dir"], process.env),
      configDir: configDirectory(process.env),
      ...(args.governance === undefined ? {} : { governanceDir: path.resolve(args.governance) }),
    });
    const exit_code = findings.some((finding) => finding.status === "missing") ? EXIT.failed : EXIT.ok;
    if (screen.json) screen.document({ findings, exit_code });
    else screen.result(renderDoctor(findings, screen.out));
    return exit_code;
  },
});
