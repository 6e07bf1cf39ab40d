#!/usr/bin/env node
// Writes the version of package.json, or the configured one, into a VERSION file.
// The plan is one artifact: the file's new content. Take-off writes exactly that content and looks at nothing else.
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

const ENGINE_ID = "template.typescript";
const TARGET = "VERSION";
const ARTIFACT = "version-file";

type Mode = "flight-plan" | "take-off" | "reconcile";

interface Input {
  readonly protocol_version: "draft";
  readonly config?: { readonly version?: unknown };
}

interface Listed {
  readonly name: string;
  readonly role: "evidence" | "state" | "log";
  readonly path: string;
  readonly hash: string;
}

interface Places {
  readonly workspace: string;
  readonly artifacts: string;
}

/** What a mode adds to its receipt. */
interface Result {
  readonly artifacts?: readonly Listed[];
  readonly diagnostics?: { readonly outcome: "applied" | "not_applied" };
}

/** The input or the command line cannot be accepted: exit code 2. */
class Refusal extends Error {}

const sha256 = (content: Buffer | string): string => createHash("sha256").update(content).digest("hex");

const MODES: Readonly<Record<Mode, (input: Input, places: Places) => Result>> = {
  "flight-plan": (input, { workspace, artifacts }) => {
    const content = `${wantedVersion(input, workspace)}\n`;
    const file = path.join(workspace, TARGET);
    const old = existsSync(file) ? readFileSync(file) : undefined;
    if (old?.toString() === content) return { artifacts: [] };
    const document = JSON.stringify({
      artifact_type: "file",
      action: old ? "update" : "create",
      target: TARGET,
      mime: "text/plain",
      body_file: "body",
      metadata: {
        format: "cabincrew.file-change/1",
        entry: "file",
        mode: "0644",
        sha256: sha256(content),
        ...(old ? { old_sha256: sha256(old) } : {}),
      },
    });
    mkdirSync(path.join(artifacts, ARTIFACT));
    writeFileSync(path.join(artifacts, ARTIFACT, "body"), content);
    writeFileSync(path.join(artifacts, ARTIFACT, "artifact.json"), document);
    return {
      artifacts: [{ name: ARTIFACT, role: "state", path: `${ARTIFACT}/artifact.json`, hash: sha256(document) }],
    };
  },

  "take-off": (_, { workspace, artifacts }) => {
    const planned = plannedContent(artifacts);
    if (planned) replace(path.join(workspace, TARGET), planned);
    return {};
  },

  reconcile: (_, { workspace, artifacts }) => {
    const planned = plannedContent(artifacts);
    const file = path.join(workspace, TARGET);
    const isThere = !planned || (existsSync(file) && readFileSync(file).equals(planned));
    return { diagnostics: { outcome: isThere ? "applied" : "not_applied" } };
  },
};

function wantedVersion(input: Input, workspace: string): string {
  const configured = input.config?.version;
  if (configured !== undefined && typeof configured !== "string") throw new Refusal("config.version must be a string");
  if (configured) return configured;
  const manifest = path.join(workspace, "package.json");
  if (!existsSync(manifest)) throw new Refusal("there is no package.json, so config.version must be given");
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version?: unknown };
  if (typeof version !== "string" || version === "") throw new Refusal("package.json has no version");
  return version;
}

function plannedContent(artifacts: string): Buffer | undefined {
  const body = path.join(artifacts, ARTIFACT, "body");
  return existsSync(body) ? readFileSync(body) : undefined;
}

/** The file has its old or its new content at any moment, also when the power fails. */
function replace(file: string, content: Buffer): void {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.new`);
  const handle = openSync(temporary, "w", 0o644);
  try {
    writeFileSync(handle, content);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
}

function readInput(): Input {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(0, "utf8"));
  } catch (error) {
    throw new Refusal(`the input is not JSON: ${String(error)}`);
  }
  const isInput = typeof value === "object" && value !== null && "protocol_version" in value;
  if (!isInput || value.protocol_version !== "draft") throw new Refusal('the input is not of protocol version "draft"');
  return value as Input;
}

function place(name: string): string {
  const value = process.env[name];
  if (!value) throw new Refusal(`${name} is not set`);
  return value;
}

function isMode(value: string | undefined): value is Mode {
  return value !== undefined && Object.hasOwn(MODES, value);
}

function main(): number {
  const { mode } = parseArgs({ options: { mode: { type: "string" } } }).values;
  if (!isMode(mode)) throw new Refusal(`unknown mode: ${mode}`);
  const receipt = { protocol_version: "draft", engine_id: ENGINE_ID, mode, receipt_id: `${ENGINE_ID}-${mode}` };
  const input = readInput();
  const places = { workspace: place("CABINCREW_WORKSPACE"), artifacts: place("CABINCREW_ARTIFACTS_DIR") };
  let ending: object;
  let code = 0;
  try {
    ending = { status: "success", ...MODES[mode](input, places) };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    ending = { status: "failure", error: String(error) };
    code = 1;
  }
  process.stdout.write(`${JSON.stringify({ ...receipt, ...ending })}\n`);
  return code;
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
