import type { SandboxPolicy } from "../port.ts";
import { findBubblewrap } from "../sandbox/index.ts";
import { type PipeNamePool, pipeNames } from "./pipe-names.ts";

export interface LaunchPreparation {
  readonly sandbox: SandboxPolicy;
  /** Pipes begun before this program was loaded. */
  readonly pipes?: PipeNamePool | undefined;
}

/** Begins what the next launch will wait for: the probe of bubblewrap, the named pipes. Returns at once, never fails. */
export function prepareLaunch(options: LaunchPreparation): void {
  if (options.sandbox !== "off") void findBubblewrap();
  void pipeNames(options.pipes).prepare();
}

/** Makes sure that nothing prepared for launches lies in `workspace` (real path): to be awaited before it is measured. */
export function keepPipesOutOf(workspace: string): Promise<void> {
  return pipeNames().keepOutOf(workspace);
}
