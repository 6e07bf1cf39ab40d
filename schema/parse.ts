import type { ErrorObject } from "ajv";
import { CabincrewError } from "./error.ts";
import type * as types from "./generated/types.ts";
import {
  artifact,
  authority,
  engineInput,
  engineManifest,
  governance,
  modelManifest,
  policyPack,
  receipt,
  type Validator,
  waivers,
} from "./generated/validators.mjs";
import type { ReasonCode } from "./reasons.ts";

interface Documents {
  artifact: types.ArtifactDocument;
  authority: types.AuthorityFile;
  engineInput: types.EngineInput;
  engineManifest: types.EngineManifest;
  governance: types.GovernanceConfig;
  modelManifest: types.ModelManifest;
  policyPack: types.PolicyPackManifest;
  receipt: types.Receipt;
  waivers: types.WaiversFile;
}

const BY_NAME: Readonly<Record<keyof Documents, Validator>> = {
  artifact,
  authority,
  engineInput,
  engineManifest,
  governance,
  modelManifest,
  policyPack,
  receipt,
  waivers,
};

/**
 * Accepts `value` as the named document or throws `code`. `what` names the thing in the sentence ("receipt of engine x").
 * Unknown keys are refused everywhere: a misspelt option must not be silently without effect.
 */
export function parseDocument<Name extends keyof Documents>(
  name: Name,
  value: unknown,
  code: ReasonCode,
  what: string,
): Documents[Name] {
  const validate = BY_NAME[name];
  if (validate(value)) return value as Documents[Name];
  throw new CabincrewError(code, `${what} is not valid: ${explain(validate.errors?.[0])}`);
}

/** How the patterns of times in the schemas begin. */
const DAY = "^\\d{4}-\\d\\d-\\d\\d";

function explain(error: ErrorObject | undefined): string {
  if (!error) return "it does not match its schema";
  const where = error.instancePath === "" ? "the document" : `\`${error.instancePath.slice(1).replaceAll("/", ".")}\``;
  if (error.keyword === "additionalProperties")
    return `${where} has the unknown key \`${error.params["additionalProperty"]}\``;
  if (error.keyword === "const") return `${where} must be ${JSON.stringify(error.params["allowedValue"])}`;
  if (error.keyword === "enum")
    return `${where} must be one of ${(error.params["allowedValues"] as unknown[]).join(", ")}`;
  if (error.keyword === "pattern" && String(error.params["pattern"]).startsWith(DAY))
    return `${where} must be a time such as 2026-12-31T00:00:00Z`;
  return `${where} ${error.message ?? "does not match its schema"}`;
}
