import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, type Scene } from "../scene.ts";

const FILES = { "src/client.js": "// talks to the API\nexport const region = 'eu';\n" };
const EDIT = `printf "export const apiKey = '%s';\\n" "$DEMO_API_KEY" >> src/client.js`;
const WHERE = "src/client.js:3";

/** A command copies a key from its environment into a source file; the shipped model reads what was added. */
export const leakedKey: Scene = {
  id: "leaked-key",
  title: "A change carries an API key into the source",
  files: FILES,
  async play(stage) {
    const key = stage.crew.options.environment["DEMO_API_KEY"] ?? "";
    const copy = await stage.unguarded(`DEMO_API_KEY=${key}; ${EDIT}`);
    const third = readFileSync(path.join(copy, "src", "client.js"), "utf8").split("\n")[2];
    expect(third?.includes(key) === true, "The unguarded command wrote no key.");

    const end = await stage.plan(EDIT, { env: ["DEMO_API_KEY"] });
    expect(end.exit_code === 4, `The plan ended with exit code ${end.exit_code}.`);
    const model = end.evaluations.find((evaluation) => evaluation.source === "onnx");
    const finding = model?.findings.find(({ file, line }) => `${file}:${line}` === WHERE);
    expect(model?.decision === "deny" && finding !== undefined, `The model did not find the key at ${WHERE}.`);
    expect(!stage.read("src/client.js").includes(key), "The key reached the workspace.");
    return {
      without: "the key is in line 3 of src/client.js, ready to be committed",
      governed: `model ${model.policy_id} found it at ${WHERE}; nothing was written`,
      reason: end.reason,
      exitCode: end.exit_code,
    };
  },
};
