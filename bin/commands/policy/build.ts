import path from "node:path";
import { EXIT } from "../../../schema/index.ts";
import { loadLibrary } from "../../crew.ts";
import { renderBuiltPack } from "../../render/policy-pack.ts";
import { verb } from "../../verb.ts";

export const build = verb({
  usage: "build [dir]",
  summary: "Compile the Rego in a folder to a policy pack (needs opa: $OPA, or the one on the PATH)",
  examples: [
    ["cabincrew policy build policy", "Make a pack of conftest's policies; each document is judged on its own"],
    ["cabincrew policy build policy --data ../limits", "Put its data together as conftest's --data does"],
  ],
  positionals: { dir: { type: "string", default: ".", describe: "The folder; its pack.json is written or completed" } },
  options: {
    view: {
      choices: ["plan", "parts", "documents", "file"] as const,
      requiresArg: true,
      describe: "What it sees as input",
    },
    data: { type: "string", array: true, requiresArg: true, describe: "JSON and YAML files or folders with its data" },
    rego: { choices: ["v0", "v1"] as const, requiresArg: true, describe: "The Rego it is written in (else v1)" },
  },
  async run(args, screen) {
    const directory = path.resolve(args.dir);
    const manifest = await (await loadLibrary()).buildPolicyPack(directory, {
      opa: process.env["OPA"] || "opa",
      ...(args.view ? { view: args.view } : {}),
      ...(args.data ? { data: args.data.map((file) => path.resolve(file)) } : {}),
      ...(args.rego ? { regoVersion: args.rego } : {}),
    });
    if (screen.json) screen.document({ directory, ...manifest });
    else screen.result(renderBuiltPack(directory, manifest, screen.out));
    return EXIT.ok;
  },
});
