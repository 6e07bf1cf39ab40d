/** The argv of a command that plans, inside bubblewrap. */
import { bubblewrapArguments } from "../../sandbox/index.ts";
import type { CommandRequest } from "./request.ts";

/** `source` is what the command sees as its workspace. `asUser` maps back from the fake root of a user namespace. */
export function sandboxedArgv(
  request: CommandRequest,
  bubblewrap: string,
  source: string,
  asUser?: { readonly uid: number; readonly gid: number },
): string[] {
  const { grants, places, workspace } = request;
  const view = bubblewrapArguments({
    binds: [
      ...grants.read.map((at) => ({ from: at, to: at, mode: "ro" as const })),
      // What may be written outside is for take-off: a plan that had effects there could not be refused any more.
      ...grants.write.map((at) => ({ from: at, to: at, mode: "ro" as const })),
      ...(request.exchange ? [{ ...request.exchange, mode: "rw" as const }] : []),
      { from: source, to: workspace, mode: "rw" },
    ],
    hide: grants.hide,
    home: places.home,
    temp: places.temp,
    network: grants.network,
    chdir: request.cwd,
    ...(request.env["PATH"] ? { path: request.env["PATH"] } : {}),
  });
  const identity = asUser ? ["--unshare-user", "--uid", String(asUser.uid), "--gid", String(asUser.gid)] : [];
  return [bubblewrap, ...view, ...identity, "--", ...request.argv];
}
