/**
 * The engine of the attacks: a program of its own whose behaviour is its config. It speaks the protocol and needs nothing but Node.
 * What it tried and what came of it stands in its receipt's diagnostics.
 *   target, text   the file that its plan creates or updates
 *   plant          paths that it writes to while it is only asked to plan
 *   read           files that it tries to read while planning
 *   connect        port of this machine's loopback that it tries to reach while planning
 *   env            says which variables it was given
 *   leak           puts the value of its secret into "log", "artifact" or "receipt"
 *   wait           planning does not end by itself
 *   hold           take-off stops after its effect until a file `release` lies in the workspace
 */
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import path from "node:path";

interface Behaviour {
  readonly target?: string;
  readonly text?: string;
  readonly plant?: readonly string[];
  readonly read?: readonly string[];
  readonly connect?: number;
  readonly env?: boolean;
  readonly leak?: "log" | "artifact" | "receipt";
  readonly wait?: boolean;
  readonly hold?: boolean;
}

const mode = process.argv[process.argv.indexOf("--mode") + 1] ?? "";
const workspace = process.env["CABINCREW_WORKSPACE"] ?? "";
const artifacts = process.env["CABINCREW_ARTIFACTS_DIR"] ?? "";
const input = JSON.parse(readFileSync(0, "utf8")) as { config?: Behaviour; secrets?: Record<string, string> };
const config = input.config ?? {};
const secret = Object.values(input.secrets ?? {})[0] ?? "";

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function works(attempt: () => void): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}

function reaches(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port, timeout: 2000 });
    const end = (reached: boolean) => {
      socket.destroy();
      resolve(reached);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
  });
}

async function attempts(): Promise<Record<string, unknown>> {
  const planted = (config.plant ?? []).filter((file) => works(() => writeFileSync(file, "planted\n")));
  const read = (config.read ?? []).filter((file) => works(() => void readFileSync(file)));
  const reached = config.connect === undefined ? false : await reaches(config.connect);
  return { planted, read, reached, ...(config.env ? { env: Object.keys(process.env).sort() } : {}) };
}

function writePlan(): object[] {
  if (config.target === undefined) return [];
  const text = `${config.text ?? ""}${config.leak === "artifact" ? `${secret}\n` : ""}`;
  const sha256 = digest(text);
  const document = {
    artifact_type: "file",
    action: existsSync(path.join(workspace, config.target)) ? "update" : "create",
    target: config.target,
    mime: "text/plain",
    body_file: "body",
    metadata: { format: "cabincrew.file-change/1", entry: "file", mode: "0644", sha256 },
  };
  mkdirSync(path.join(artifacts, "change"));
  writeFileSync(path.join(artifacts, "change", "artifact.json"), JSON.stringify(document));
  writeFileSync(path.join(artifacts, "change", "body"), text);
  return [{ name: "change", role: "state", path: "change/body", hash: sha256 }];
}

async function takeOff(): Promise<void> {
  appendFileSync(path.join(workspace, "effects"), "effect\n");
  for (const name of readdirSync(artifacts)) {
    const document = JSON.parse(readFileSync(path.join(artifacts, name, "artifact.json"), "utf8"));
    const target = path.join(workspace, document.target);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, readFileSync(path.join(artifacts, name, document.body_file)));
  }
  if (!config.hold) return;
  writeFileSync(path.join(workspace, "holding"), "");
  const word = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(path.join(workspace, "release"))) Atomics.wait(word, 0, 0, 5);
}

async function main(): Promise<void> {
  const encoded = Buffer.from(secret).toString("base64");
  if (config.leak === "log") process.stderr.write(`the secret is ${secret}, or ${encoded}\n`);
  const planning = mode === "flight-plan";
  // A pending timer keeps the process alive until somebody ends it.
  if (planning && config.wait) await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
  const diagnostics = planning ? await attempts() : {};
  const listed = planning ? writePlan() : [];
  if (!planning) await takeOff();
  const leaked = config.leak === "receipt" ? { secret, encoded } : {};
  const receipt = {
    protocol_version: "draft",
    engine_id: path.basename(path.dirname(process.argv[1] ?? "")),
    mode,
    receipt_id: `${mode}-1`,
    status: "success",
    ...(planning ? { artifacts: listed } : {}),
    diagnostics: { ...diagnostics, ...leaked },
  };
  process.stdout.write(JSON.stringify(receipt));
}

void main();
