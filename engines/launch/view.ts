/** What one launch may see and write, as a view for the sandbox (DESIGN section 7). */
import { existsSync } from "node:fs";
import path from "node:path";
import type { EngineLaunch } from "../port.ts";
import { programPlaces, realPath, type SandboxBind, type SandboxView } from "../sandbox/index.ts";

/** `programs` are the files that must stay reachable for the engine to start: itself and its interpreter. */
export function sandboxView(launch: EngineLaunch, programs: readonly string[]): SandboxView {
  const { mode, engine, permissions } = launch;
  const takeOff = mode === "take-off";
  const bind = (place: string, writable: boolean): SandboxBind => ({
    from: place,
    to: place,
    mode: writable ? "rw" : "ro",
  });
  // What lies in the state directory cannot be granted, only be handed over by the orchestrator itself.
  const grants = (places: readonly string[]): string[] =>
    places.filter((place) => existsSync(place) && !inside(realPath(launch.stateDir), realPath(place)));
  const ownPlaces = programPlaces(programs).filter((place) => !inside(launch.workspace, place));
  return {
    binds: [
      ...ownPlaces.map((place) => bind(place, false)),
      ...grants(permissions.read).map((place) => bind(place, false)),
      ...grants(permissions.write).map((place) => bind(place, takeOff)),
      bind(launch.workspace, takeOff && engine.manifest.workspace_writes !== false),
      bind(launch.artifactsDir, mode === "flight-plan"),
      ...(takeOff ? [bind(launch.outputDir, true)] : []),
    ],
    hide: [launch.stateDir],
    home: launch.homeDir,
    temp: launch.tempDir,
    network: permissions.network && networkCovers(engine.manifest.network ?? "none", mode),
    chdir: launch.workspace,
    ...(launch.env["PATH"] ? { path: launch.env["PATH"] } : {}),
  };
}

/** Whether the manifest asks for the network in this mode; to reconcile is to look at what take-off reached. */
function networkCovers(declared: "none" | "flight-plan" | "take-off" | "both", mode: EngineLaunch["mode"]): boolean {
  return declared === "both" || declared === (mode === "reconcile" ? "take-off" : mode);
}

function inside(directory: string, place: string): boolean {
  const relative = path.relative(directory, place);
  return relative === "" || (!relative.startsWith("../") && relative !== ".." && !path.isAbsolute(relative));
}
