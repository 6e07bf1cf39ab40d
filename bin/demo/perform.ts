/** Plays all scenes at the same time in one scratch folder; whatever happens, the folder is gone afterwards unless it is kept. */
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { makeScratch, removeTree, whyOf } from "../../schema/index.ts";
import { type Library, loadLibrary } from "../crew.ts";
import { systemPrincipal } from "../surroundings.ts";
import { installHold } from "./hold.ts";
import type { Played, Scene } from "./scene.ts";
import { alteredPlan } from "./scenes/altered-plan.ts";
import { killedTakeOff } from "./scenes/killed-take-off.ts";
import { leakedKey } from "./scenes/leaked-key.ts";
import { reusedApproval } from "./scenes/reused-approval.ts";
import { staleWorkspace } from "./scenes/stale-workspace.ts";
import { twoProcesses } from "./scenes/two-processes.ts";
import { createStage, type Stage } from "./stage.ts";

export const SCENES: readonly Scene[] = [
  alteredPlan,
  leakedKey,
  killedTakeOff,
  reusedApproval,
  twoProcesses,
  staleWorkspace,
];

export interface Performance {
  readonly scratch: string;
  readonly played: readonly Played[];
}

/** Calls `show` for each scene in order, as soon as it and all before it have ended. An abort of `signal` ends every run and process. */
export async function perform(
  keep: boolean,
  signal: AbortSignal,
  show: (played: Played, at: number) => void,
): Promise<Performance> {
  const scratch = makeScratch("cabincrew-demo-");
  // A run that ended half-way, as on a full disk, leaves directories that only this can remove: their owner may not write into them.
  const remove = () => {
    if (!keep) removeTree(scratch);
  };
  // The reader of the output may go away (`| head`), which ends the process at once.
  process.once("exit", remove);
  try {
    const library = await loadLibrary();
    const crew = await library.openCrew(crewOptions(scratch));
    try {
      const running = SCENES.map((scene) =>
        play(scene, () => createStage(path.join(scratch, scene.id), scene.files, { crew, library, signal })),
      );
      const played: Played[] = [];
      for (const scene of running) {
        played.push(await scene);
        if (!signal.aborted) show(await scene, played.length);
      }
      return { scratch, played };
    } finally {
      await crew.close();
    }
  } finally {
    process.off("exit", remove);
    remove();
  }
}

/** Nothing of the user's is used: an own state directory, an empty configuration directory, so the shipped governance. */
function crewOptions(scratch: string): Parameters<Library["openCrew"]>[0] {
  const configDir = path.join(scratch, "config", "cabincrew");
  mkdirSync(configDir, { recursive: true });
  return {
    stateDir: path.join(scratch, "state"),
    configDir,
    environment: {
      PATH: process.env["PATH"],
      HOME: scratch,
      NODE_OPTIONS: installHold(scratch),
      DEMO_API_KEY: inventedKey(),
    },
    principal: systemPrincipal(),
  };
}

async function play(scene: Scene, stage: () => Stage): Promise<Played> {
  try {
    const outcome = await scene.play(stage());
    return { scene, held: true, outcome, fault: undefined };
  } catch (error) {
    return { scene, held: false, outcome: undefined, fault: whyOf(error) };
  }
}

/** Looks like a token of a code host and opens nothing; the same every time, so that the transcript is. */
function inventedKey(): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const bytes = createHash("sha512").update("cabincrew demo").digest().subarray(0, 36);
  return `ghp_${[...bytes].map((byte) => letters[byte % letters.length]).join("")}`;
}
