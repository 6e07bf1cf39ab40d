import path from "node:path";
import { EXIT } from "../../../schema/index.ts";
import { loadLibrary } from "../../crew.ts";
import { renderPolicies } from "../../render/policies.ts";
import { crewOptions } from "../../surroundings.ts";
import { verb } from "../../verb.ts";

export const list = verb({
  usage: "list [workspace]",
  summary: "List the policies and models that judge a plan here: where from, rules, what they see, values in force",
  examples: [
    ["cabincrew policy list", "Operator's packs and those that the workspace adds; one that does not load denies"],
    ["cabincrew policy list --rules", "With every rule, value, threshold and waiver"],
  ],
  positionals: { workspace: { type: "string", default: ".", describe: "The workspace, which may add packs" } },
  options: {
    rules: { type: "boolean", default: false, describe: "Rules, values and thresholds of each pack as well" },
  },
  async run(args, screen) {
    const { configDir, governanceDir } = crewOptions(args, process.env);
    const library = await loadLibrary();
    const governance = await library.loadGovernance({
      configDir,
      workspace: path.resolve(args.workspace),
      ...(governanceDir === undefined ? {} : { governanceDir }),
    });
    const listed = await library.describeGovernance(governance);
    if (screen.json) screen.document(listed);
    else screen.result(renderPolicies(listed, screen.out, args.rules));
    return EXIT.ok;
  },
});
