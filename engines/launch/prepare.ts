import type { SandboxPolicy } from "../port.ts";
import { findBubblewrap } from "../sandbox/index.ts";
import { makePipes } from "./pipe-names.ts";

/** Begins what the next launch will wait for: the probe of bubblewrap, the named pipes. Returns at once, never fails. */
export function prepareLaunch(stateDir: string, options: { sandbox: SandboxPolicy; sandboxesItself: boolean }): void {
  if (options.sandbox !== "off" && !options.sandboxesItself) void findBubblewrap();
  void makePipes(stateDir);
}
