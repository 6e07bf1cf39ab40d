/** What this machine can do for cabincrew, what is missing and how to get it. Every line is tried, none is guessed. */
import { accessSync, constants, existsSync, rmdirSync, statfsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { findBubblewrap, findProgram } from "../../engines/index.ts";
import { type CabincrewError, makeScratch, toCabincrewError } from "../../schema/index.ts";
import type { DoctorFinding } from "../api.ts";
import { loadGovernance } from "../governance/index.ts";
import { openSqlite } from "../store/sqlite/database.ts";
import { tryOverlay } from "./overlay.ts";

export interface DoctorOptions {
  readonly stateDir: string;
  readonly configDir: string;
  readonly governanceDir?: string;
}

const MIN_NODE = 20;
const MIN_FREE_BYTES = 1024 ** 3;

export async function doctor(options: DoctorOptions): Promise<readonly DoctorFinding[]> {
  return [
    node(),
    sqlite(),
    native(
      "onnxruntime-node",
      "Models cannot judge, so every run with a model is denied: run `npm ci` again. For musl (Alpine) there is no build of it.",
    ),
    await sandbox(),
    await overlay(),
    await tool("git", "Recipes and .gitignore handling use it when present."),
    await tool(
      "opa",
      "Only needed to compile policies of your own: https://www.openpolicyagent.org/docs/latest/#running-opa",
    ),
    stateDirectory(options.stateDir),
    temporaryDirectory(),
    await governance(options),
  ];
}

function node(): DoctorFinding {
  const major = Number(process.versions.node.split(".")[0]);
  const detail = `Node.js ${process.versions.node} on ${process.platform} ${process.arch}`;
  if (major >= MIN_NODE) return { check: "node", status: "ok", detail };
  return { check: "node", status: "missing", detail, remedy: `Install Node.js ${MIN_NODE} or newer.` };
}

/** Opened for once: its JavaScript loads where its compiled part does not, and which release is used depends on Node. */
function sqlite(): DoctorFinding {
  const check = "better-sqlite3";
  try {
    const db = openSqlite(":memory:");
    const version = String(db.prepare("select sqlite_version()").pluck().get());
    db.close();
    return { check, status: "ok", detail: `its native binding loads (SQLite ${version})` };
  } catch (error) {
    const { message, next } = toCabincrewError(error, "state_unusable", "Opening a database in memory");
    return { check, status: "missing", detail: message, remedy: next };
  }
}

function firstLine(error: unknown): string {
  return (error as Error).message.split("\n")[0] ?? "it does not load";
}

function native(name: string, remedy: string): DoctorFinding {
  try {
    createRequire(import.meta.url)(name);
    return { check: name, status: "ok", detail: "its native binding loads" };
  } catch (error) {
    return { check: name, status: "missing", detail: firstLine(error), remedy };
  }
}

async function sandbox(): Promise<DoctorFinding> {
  let found: string | undefined;
  try {
    found = await findBubblewrap();
  } catch (error) {
    const { message, next } = toCabincrewError(error, "sandbox_unavailable", "bubblewrap could not be tried");
    return { check: "bubblewrap", status: "degraded", detail: message, remedy: next };
  }
  if (found) return { check: "bubblewrap", status: "ok", detail: `${found} works: engines run sandboxed` };
  return {
    check: "bubblewrap",
    status: "degraded",
    detail: "bwrap is missing or may not make namespaces: changes to the workspace are detected instead of prevented",
    remedy: "Install bubblewrap (Debian: apt install bubblewrap) and allow user namespaces.",
  };
}

async function overlay(): Promise<DoctorFinding> {
  let works: boolean;
  try {
    works = await tryOverlay();
  } catch (error) {
    const { message, next } = toCabincrewError(error, "internal", "An overlay could not be tried");
    return { check: "overlay", status: "degraded", detail: message, remedy: next };
  }
  if (works) return { check: "overlay", status: "ok", detail: "private copies cost as much as the change" };
  return {
    check: "overlay",
    status: "degraded",
    detail: "no overlay mount here: commands run on a full copy of the workspace",
    remedy: "Linux 5.11 or newer with user namespaces makes it cheap.",
  };
}

async function tool(name: string, remedy: string): Promise<DoctorFinding> {
  const found = findProgram(name);
  if (found) return { check: name, status: "ok", detail: found };
  return { check: name, status: "degraded", detail: "not on the PATH", remedy };
}

function stateDirectory(directory: string): DoctorFinding {
  let existing = path.resolve(directory);
  while (!existsSync(existing)) existing = path.dirname(existing);
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(existing);
    const free = bavail * bsize;
    const detail = `${directory} (${Math.round(free / 1024 ** 2)} MiB free)`;
    if (free >= MIN_FREE_BYTES) return { check: "state directory", status: "ok", detail };
    return {
      check: "state directory",
      status: "degraded",
      detail,
      remedy: "Free some space or name another --state-dir.",
    };
  } catch {
    return {
      check: "state directory",
      status: "missing",
      detail: `${existing} is not writable`,
      remedy: "Name a writable one with --state-dir.",
    };
  }
}

function temporaryDirectory(): DoctorFinding {
  const check = "temporary directory";
  try {
    const made = makeScratch("cabincrew-doctor-");
    rmdirSync(made);
    return { check, status: "ok", detail: path.dirname(made) };
  } catch (error) {
    const { message, next } = toCabincrewError(error, "config_invalid", "Removing a temporary directory");
    return { check, status: "degraded", detail: message, remedy: next };
  }
}

async function governance(options: DoctorOptions): Promise<DoctorFinding> {
  try {
    const loaded = await loadGovernance(options);
    const broken = [...loaded.policies, ...loaded.models].filter((pack) => pack.error !== undefined);
    const detail = `${loaded.source}: ${loaded.policies.length} policy ${loaded.policies.length === 1 ? "pack" : "packs"}, ${loaded.models.length} ${loaded.models.length === 1 ? "model" : "models"}, ${loaded.authority ? "with" : "no"} authority file`;
    const [first] = broken;
    if (!first) return { check: "governance", status: "ok", detail };
    return {
      check: "governance",
      status: "missing",
      detail: `${first.id}: ${first.error}`,
      remedy: "Correct the pack; until then every run is denied.",
    };
  } catch (error) {
    const { message, next } = error as CabincrewError;
    return { check: "governance", status: "missing", detail: message, remedy: next };
  }
}
