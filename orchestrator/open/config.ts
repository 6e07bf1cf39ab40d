import type { Engine } from "../../engines/index.ts";
import { CabincrewError, type JsonObject } from "../../schema/index.ts";

/**
 * Refuses a config that the engine would not accept, before anything runs. A bundled engine is asked itself: compiling a schema
 * costs more than the rest of opening a run.
 */
export async function assertConfig(engine: Engine, config: JsonObject): Promise<void> {
  if (engine.assertConfig) return engine.assertConfig(config);
  const schema = engine.manifest.config_schema;
  if (!schema) return;
  const { Ajv2020 } = await import("ajv/dist/2020.js");
  const ajv = new Ajv2020({ strict: false });
  let validate: ReturnType<typeof ajv.compile>;
  try {
    validate = ajv.compile(schema);
  } catch (error) {
    throw new CabincrewError("engine_manifest_invalid", `The config_schema of engine ${engine.id} is no JSON Schema.`, {
      cause: error,
    });
  }
  if (validate(config)) return;
  const problem = validate.errors?.[0];
  const where = problem?.instancePath ? `\`${problem.instancePath.slice(1).replaceAll("/", ".")}\`` : "it";
  const extra =
    problem?.keyword === "additionalProperties" ? ` (\`${String(problem.params["additionalProperty"])}\`)` : "";
  throw new CabincrewError(
    "config_invalid",
    `The config for engine ${engine.id} is not valid: ${where} ${problem?.message}${extra}.`,
    {
      next: "Correct the named key in --config.",
    },
  );
}
