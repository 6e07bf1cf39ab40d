import path from "node:path";
import { EXIT } from "../../../schema/index.ts";
import { loadLibrary } from "../../crew.ts";
import { renderRegoTests } from "../../render/policy-pack.ts";
import { verb } from "../../verb.ts";

export const test = verb({
  usage: "test [dir]",
  summary: "Run the Rego tests of a policy pack with its data (needs opa: $OPA, or the one on the PATH)",
  examples: [["cabincrew policy test policy", "Exit 1 where a test fails, 2 where none runs or there is no opa"]],
  positionals: { dir: { type: "string", default: ".", describe: "The folder, or `builtin:NAME` for a shipped pack" } },
  async run(args, screen) {
    const library = await loadLibrary();
    const shipped = /^builtin:([\w.-]+)$/.exec(args.dir)?.[1];
    const directory = shipped === undefined ? path.resolve(args.dir) : library.builtinPolicyPack(shipped);
    const tests = await library.testPolicyPack(directory, { opa: process.env["OPA"] || "opa" });
    const count = (outcome: string) => tests.filter((each) => each.outcome === outcome).length;
    const counts = { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
    if (screen.json) screen.document({ directory, ...counts, tests });
    else screen.result(renderRegoTests(tests, counts, screen.out));
    return counts.failed > 0 ? EXIT.failed : EXIT.ok;
  },
});
