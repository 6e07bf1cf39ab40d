import type { EngineLaunch, EngineMode } from "../../engines/index.ts";
import type { EngineInput } from "../../schema/index.ts";
import type { Flight } from "../drive/flight.ts";
import { declaredContext } from "../open/spec.ts";
import type { RunRecord } from "../runs/record.ts";

const STDOUT_BYTES = 16 * 1024 * 1024;
const STDERR_BYTES = 256 * 1024 * 1024;

/** Everything one launch of the run's engine gets (DESIGN sections 6 and 7); the same for every mode but for the mode. */
export function launchOf(flight: Flight, run: RunRecord, mode: EngineMode): EngineLaunch {
  const { crew, engine, directories, options } = flight;
  const { spec } = run;
  const wantsSecrets = covers(engine.manifest.secrets ?? "both", mode);
  const secrets = wantsSecrets ? flight.secrets : {};
  const input: EngineInput = {
    protocol_version: "draft",
    mode,
    meta: { workflow_id: spec.workflow_id, step_id: spec.step_id },
    config: spec.config,
    ...(Object.keys(secrets).length > 0 ? { secrets } : {}),
    allowed_secrets: Object.keys(secrets).sort(),
    context: { ...declaredContext(spec.permissions), state_dir: crew.stateDir },
    orchestrator: {
      run_index: mode === "flight-plan" ? run.flight_plan_attempts : run.take_off_attempts,
      ...(run.workspace_hash ? { workspace_hash: run.workspace_hash } : {}),
    },
    ...(run.token ? { expected_plan_token: run.token } : {}),
  };
  const limits = flight.governance.limits;
  return {
    engine,
    mode,
    input,
    workspace: spec.workspace,
    artifactsDir: mode === "flight-plan" ? directories.artifacts : directories.sealed,
    outputDir: directories.output,
    tempDir: directories.temp,
    homeDir: directories.home,
    stateDir: crew.stateDir,
    env: flight.environment,
    secretValues: Object.values(flight.secrets),
    permissions: { network: spec.permissions.network, read: spec.permissions.read, write: spec.permissions.write },
    sandbox: spec.sandbox,
    limits: {
      timeoutMs: spec.timeout_seconds * 1000,
      stdoutBytes: STDOUT_BYTES,
      stderrBytes: STDERR_BYTES,
      ...(limits.memory_bytes ? { memoryBytes: limits.memory_bytes } : {}),
    },
    logFile: directories.log,
    processFile: directories.process,
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.observe
      ? { onLogLine: (line: string) => options.observe?.({ kind: "log", run_id: flight.runId, line }) }
      : {}),
  };
}

function covers(when: "none" | "flight-plan" | "take-off" | "both", mode: EngineMode): boolean {
  return when === "both" || when === mode || (mode === "reconcile" && when === "take-off");
}
