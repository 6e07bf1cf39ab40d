import path from "node:path";
import { EXIT } from "../../../schema/index.ts";
import { loadLibrary } from "../../crew.ts";
import { renderPolicies } from "../../render/policies.ts";
import { crewOptions } from "../../surroundings.ts";
import { verb } from "../../verb.ts";

export const list = verb({
  usage: "list [workspace]",
  summary: "List the policies and models that judge a plan here, and where each comes from",
  examples: [
    ["cabincrew policy list", "Operator's packs and those that the workspace adds; one that does not load denies"],
  ],
  positionals: { workspace: { type: "string", default: ".", describe: "The workspace, which may add packs" } },
  async run(args, screen) {
    const { configDir, governanceDir } = crewOptions(args, process.env);
    const governance = await (await loadLibrary()).loadGovernance({
      configDir,
      workspace: path.resolve(args.workspace),
      ...(governanceDir === undefined ? {} : { governanceDir }),
    });
    const pack = ({
      id,
      version,
      origin,
      digest,
      error,
    }: (typeof governance.policies)[number] | (typeof governance.models)[number]) => ({
      id,
      version,
      origin,
      digest,
      error: error ?? null,
    });
    const listed = {
      source: governance.source,
      directory: governance.directory ?? null,
      digest: governance.digest,
      policies: governance.policies.map(pack),
      models: governance.models.map(pack),
    };
    if (screen.json) screen.document(listed);
    else screen.result(renderPolicies(listed, screen.out));
    return EXIT.ok;
  },
});
