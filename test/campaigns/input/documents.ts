/** Documents with a schema: what is accepted is exactly what an independent validator accepts. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { parseReceipt } from "../../../engines/launch/receipt.ts";
import { redactor } from "../../../engines/launch/redact.ts";
import { parseArtifact } from "../../../orchestrator/artifacts/document.ts";
import { CabincrewError, canonicalJson, packageRoot, parseDocument } from "../../../schema/index.ts";
import { HONEST } from "./honest.ts";
import { mutateBytes, mutateJson } from "./mutate.ts";
import type { Random } from "./random.ts";
import type { Subject } from "./subject.ts";

const SCHEMAS = path.join(packageRoot(), "schema", "json");
const validators = loadValidators();

function loadValidators(): ReadonlyMap<string, ValidateFunction> {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const names = readdirSync(SCHEMAS).filter((name) => name.endsWith(".schema.json"));
  const schemas = names.map((name) => JSON.parse(readFileSync(path.join(SCHEMAS, name), "utf8")) as { $id: string });
  for (const schema of schemas) ajv.addSchema(schema);
  return new Map(
    names.map((name, index) => {
      const validate = ajv.getSchema(schemas[index]?.$id ?? "");
      if (!validate) throw new Error(`${name} does not compile`);
      return [camel(name.slice(0, -".schema.json".length)), validate];
    }),
  );
}

function camel(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function forbids(name: string, value: unknown): string | undefined {
  const validate = validators.get(name);
  if (!validate) throw new Error(`there is no schema ${name}`);
  return validate(value) ? undefined : `accepted what its schema forbids: ${JSON.stringify(value).slice(0, 500)}`;
}

type Name = Parameters<typeof parseDocument>[0];

const parsed = Object.entries<readonly unknown[]>(HONEST).map(
  ([name, honest]): Subject => ({
    name: `document ${name}`,
    share: 8,
    once(random) {
      const value = mutateJson(random.pick(honest), random);
      try {
        parseDocument(name as Name, value, "config_invalid", "The document");
      } catch (error) {
        if (error instanceof CabincrewError && forbids(name, value) === undefined)
          return `refused what its schema allows (${error.message}): ${JSON.stringify(value).slice(0, 500)}`;
        throw error;
      }
      return forbids(name, value);
    },
  }),
);

function hostileText(honest: readonly unknown[], random: Random): Buffer {
  const value = random.chance(2) ? mutateJson(random.pick(honest), random) : random.pick(honest);
  const text = Buffer.from(JSON.stringify(value) ?? "");
  return random.chance(3) ? text : mutateBytes(text, random);
}

const receipt: Subject = {
  name: "receipt on stdout",
  share: 10,
  once(random) {
    const stdout = hostileText(HONEST.receipt, random);
    const accepted = parseReceipt(stdout, { engineId: "engine", mode: "flight-plan" }, redactor(["hunter2-hunter2"]));
    const problem = forbids("receipt", accepted);
    if (problem) return problem;
    return accepted.mode === "flight-plan" && accepted.engine_id === "engine" ? undefined : "is another engine's";
  },
};

const artifact: Subject = {
  name: "artifact.json",
  share: 10,
  once(random) {
    const { document, canonical } = parseArtifact("note", hostileText(HONEST.artifact, random));
    if (canonicalJson(document) !== canonical) return "the canonical form is another document's";
    return forbids("artifact", document);
  },
};

export const documents: readonly Subject[] = [...parsed, receipt, artifact];
