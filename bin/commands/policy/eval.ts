import { statSync } from "node:fs";
import path from "node:path";
import type { EvaluationReport } from "../../../orchestrator/index.ts";
import { errnoOf, looked } from "../../../schema/index.ts";
import { loadLibrary, withCrew } from "../../crew.ts";
import { renderEvaluation } from "../../render/evaluation.ts";
import { crewOptions } from "../../surroundings.ts";
import { FORMAT_OPTIONS, type GlobalValues, verb } from "../../verb.ts";

export const evaluate = verb({
  usage: "eval",
  summary: "Judge a recorded plan, a directory or a preflight document; nothing is run and nothing recorded",
  examples: [
    ["cabincrew policy eval --plan 01JD5K8Q", "A recorded plan, by the governance in force now"],
    ["cabincrew policy eval --plan deploy/ --format sarif", "A directory's files, as if they were all created"],
    ["cabincrew policy eval --plan input.json", "Exit 0 allow or warn, 3 needs approval, 4 deny"],
  ],
  options: {
    plan: { type: "string", demandOption: true, requiresArg: true, describe: "Run, directory, or preflight document" },
    ...FORMAT_OPTIONS,
  },
  async run(args, screen) {
    const report = await reportOf(args.plan, args);
    if (args.format && !screen.json) {
      const [{ reportOfEvaluations }, { writeFormat }] = await Promise.all([
        import("../../formats/report.ts"),
        import("../../formats/write.ts"),
      ]);
      const title = `cabincrew policy eval ${args.plan}`;
      await writeFormat(args.format, reportOfEvaluations(title, report.evaluations, report.exit_code), screen);
    } else if (screen.json) screen.document(report);
    else screen.result(renderEvaluation(report, screen.out));
    return report.exit_code;
  },
});

/** What exists on disk is meant before a run; a run id is no name that files have. */
async function reportOf(plan: string, args: GlobalValues): Promise<EvaluationReport> {
  const kind = kindOf(plan);
  if (kind === undefined) return withCrew(args, (crew, library) => library.evaluateRun(crew, plan));
  const { evaluateFiles } = await loadLibrary();
  return evaluateFiles(crewOptions(args, process.env), { [kind]: path.resolve(plan) } as { directory: string });
}

function kindOf(plan: string): "directory" | "document" | undefined {
  try {
    return looked(statSync(plan)).isDirectory() ? "directory" : "document";
  } catch (error) {
    if (errnoOf(error) === "ENOENT" && !/[./]/.test(plan)) return undefined;
    return "document";
  }
}
