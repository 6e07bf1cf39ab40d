/** The environment of an engine, built from nothing (DESIGN section 7): nothing of the caller's leaks in unmapped. */
import type { EngineLaunch } from "../port.ts";
import { language, searchPath } from "../sandbox/index.ts";

/**
 * `marker` names this launch in the environment of every process it starts, so that strays can be recognised. An engine that makes
 * its own sandbox is told with which `bubblewrap`, so that it need not try it again.
 */
export function engineEnvironment(
  launch: EngineLaunch,
  marker: string,
  inputFile: string | undefined,
  bubblewrap: string | undefined,
): Record<string, string> {
  return {
    PATH: searchPath(),
    HOME: launch.homeDir,
    LANG: language(),
    TMPDIR: launch.tempDir,
    ...launch.env,
    CABINCREW_WORKSPACE: launch.workspace,
    CABINCREW_ARTIFACTS_DIR: launch.artifactsDir,
    CABINCREW_OUTPUT_DIR: launch.mode === "flight-plan" ? launch.artifactsDir : launch.outputDir,
    CABINCREW_TEMP_DIR: launch.tempDir,
    CABINCREW_MODE: launch.mode,
    CABINCREW_RUN: marker,
    ...(launch.engine.sandboxesItself ? { CABINCREW_BUBBLEWRAP: bubblewrap ?? "none" } : {}),
    ...(inputFile ? { CABINCREW_INPUT_FILE: inputFile } : {}),
  };
}
