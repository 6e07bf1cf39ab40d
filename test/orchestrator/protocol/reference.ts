/** The protocol's own schema: data of others, never copied here. Found beside the checkout or where $CABINCREW_REFERENCE says. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";

const directory =
  process.env["CABINCREW_REFERENCE"] ?? path.join(import.meta.dirname, "..", "..", "..", "..", "shared", "reference");
const file = path.join(directory, "cabincrew-protocol.schema.json");

export const hasReference = existsSync(file);

/** What the reference schema says against a document of the named definition; empty when it is valid. */
export function problemsOf(definition: string, document: unknown): string[] {
  const ajv = reference();
  const validate = ajv.getSchema(`reference#/definitions/${definition}`);
  if (!validate) throw new Error(`The reference has no definition ${definition}.`);
  if (validate(document) === true) return [];
  return (validate.errors ?? []).map((error) => `${definition}${error.instancePath} ${error.message}`);
}

let loaded: Ajv | undefined;
function reference(): Ajv {
  if (!loaded) {
    loaded = new Ajv({ allErrors: true, strict: false });
    addFormats.default(loaded);
    loaded.addSchema(JSON.parse(readFileSync(file, "utf8")), "reference");
  }
  return loaded;
}
