import type { EngineInput, EngineManifest, JsonObject, Receipt } from "../schema/index.ts";

/** An engine as found on disk: manifest accepted, executable present, digest computed from its bytes. */
export interface Engine {
  readonly id: string;
  readonly version: string;
  /** argv prefix that starts the program, absolute paths; `--mode …` is appended. */
  readonly command: readonly string[];
  /** SHA-256 over the executable's bytes and the canonical manifest. */
  readonly digest: string;
  readonly manifest: EngineManifest;
  /** Bundled engines that build their own sandbox around what they launch are not wrapped a second time. */
  readonly sandboxesItself: boolean;
  /** Throws `config_invalid` as the engine itself would; of others only their `config_schema` is known. */
  readonly assertConfig?: (config: JsonObject) => void;
}

export type EngineMode = "flight-plan" | "take-off" | "reconcile";
export type SandboxPolicy = "auto" | "required" | "off";

/** Everything one launch may see and do. All paths absolute. */
export interface EngineLaunch {
  readonly engine: Engine;
  readonly mode: EngineMode;
  /** Given on stdin, or by CABINCREW_INPUT_FILE when the manifest says so. Holds secrets: never logged, never stored. */
  readonly input: EngineInput;
  readonly workspace: string;
  /** Empty before the launch in flight-plan; the sealed, read-only copy in take-off. */
  readonly artifactsDir: string;
  /** Where the engine of a take-off may write result artifacts; empty before the launch. */
  readonly outputDir: string;
  readonly tempDir: string;
  readonly homeDir: string;
  /** Hidden from the engine in every sandbox. */
  readonly stateDir: string;
  /** Mapped environment, on top of the protocol's own variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Values to redact from logs, errors and receipts. */
  readonly secretValues: readonly string[];
  readonly permissions: {
    readonly network: boolean;
    readonly read: readonly string[];
    readonly write: readonly string[];
  };
  readonly sandbox: SandboxPolicy;
  readonly limits: EngineLimits;
  /** File that receives the engine's stderr, redacted, as it comes. */
  readonly logFile: string;
  /** File that names the running process group, so that a later `resume` can end a survivor. */
  readonly processFile: string;
  /** Ends the whole process group: SIGTERM, then SIGKILL. */
  readonly signal?: AbortSignal;
  readonly onLogLine?: (line: string) => void;
}

export interface EngineLimits {
  readonly timeoutMs: number;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  readonly memoryBytes?: number;
}

export interface EngineOutcome {
  readonly receipt: Receipt;
  readonly exitCode: number;
  readonly durationMs: number;
  readonly sandbox: "bubblewrap" | "none";
  readonly logBytes: number;
}

/**
 * Launches one engine and waits for its receipt. Rejects with CabincrewError only: engine_not_found,
 * engine_not_executable, engine_failed (non-zero exit, receipt with status failure), receipt_invalid, engine_timeout,
 * engine_limit, sandbox_unavailable, interrupted (the signal fired). When it settles, no process of the group is left.
 */
export type LaunchEngine = (launch: EngineLaunch) => Promise<EngineOutcome>;
