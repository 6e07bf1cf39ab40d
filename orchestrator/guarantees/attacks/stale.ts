/** Between judgement and take-off something changed on which the judgement rests. */
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { GovernedModel, GovernedPolicy } from "../../governance/index.ts";
import { readyToTakeOff } from "../approve.ts";
import type { Attack } from "../attack.ts";
import { assumeThat } from "../outcome.ts";
import type { Place } from "../place.ts";
import type { PlaceEdit, Scratch } from "../scratch.ts";
import { expectRefusal } from "./altered.ts";

const REMEDY = "Plan and take off in one go until this is corrected; report it.";

async function changedBetween(
  scratch: Scratch,
  name: string,
  change: (place: Place) => void,
  what: string,
  edit: PlaceEdit = {},
): Promise<string> {
  const place = scratch.place(name, edit);
  const planned = await readyToTakeOff(scratch, place, await scratch.harmless());
  change(place);
  return expectRefusal(planned, what);
}

const inWorkspace = ({ workspace }: Place) => writeFileSync(path.join(workspace, "colleague.txt"), "an edit\n");

function inGovernance({ governanceDir }: Place): void {
  const file = path.join(governanceDir, "governance.json");
  const config = JSON.parse(readFileSync(file, "utf8"));
  const limits = { ...config.limits, timeout_seconds: (config.limits?.timeout_seconds ?? 3600) + 1 };
  writeFileSync(file, JSON.stringify({ ...config, limits }));
}

/** The file of a pack that decides: its WebAssembly or its model; of a bundle the bundle. */
export function heartOf(pack: string): string {
  if (statSync(pack).isFile()) return pack;
  const named = ["policy.wasm", "model.onnx"].map((name) => path.join(pack, name)).find((file) => existsSync(file));
  const like = readdirSync(pack).find((name) => /\.(wasm|onnx)$/.test(name));
  return named ?? path.join(pack, like ?? readdirSync(pack)[0] ?? "");
}

async function packChanged(scratch: Scratch, kind: "policy" | "model"): Promise<string> {
  const packs: readonly (GovernedPolicy | GovernedModel)[] =
    kind === "policy" ? scratch.governance.policies : scratch.governance.models;
  const pack = packs.find(({ origin, error }) => origin !== "workspace" && error === undefined);
  assumeThat(pack !== undefined, `No ${kind} is configured that loads`);
  let copied = "";
  const noted = (copy: string) => {
    copied = copy;
  };
  const edit = { copied: new Map([[pack, noted]]) };
  const what = `One byte was added to the ${kind} ${pack.id} after the judgement`;
  return changedBetween(scratch, `${kind}-changed`, () => appendFileSync(heartOf(copied), "\n"), what, edit);
}

export const STALE: readonly Attack[] = [
  {
    id: "workspace-unchanged",
    guarantee: "A workspace that changed since the plan is not taken off on",
    remedy: REMEDY,
    run: (scratch) =>
      changedBetween(
        scratch,
        "workspace-changed",
        inWorkspace,
        "A file was added to the workspace after the judgement",
      ),
  },
  {
    id: "governance-unchanged",
    guarantee: "A plan that was judged under another governance does not take off",
    remedy: REMEDY,
    run: (scratch) =>
      changedBetween(
        scratch,
        "governance-changed",
        inGovernance,
        "A limit in the governance file was changed after the judgement",
      ),
  },
  {
    id: "policy-unchanged",
    guarantee: "A plan that was judged by another version of a policy does not take off",
    remedy: REMEDY,
    run: (scratch) => packChanged(scratch, "policy"),
  },
  {
    id: "model-unchanged",
    guarantee: "A plan that was judged by another version of a model does not take off",
    remedy: REMEDY,
    run: (scratch) => packChanged(scratch, "model"),
  },
  {
    id: "engine-unchanged",
    guarantee: "A plan does not take off with another engine than the one that made it",
    remedy: REMEDY,
    run: (scratch) =>
      changedBetween(
        scratch,
        "engine-changed",
        ({ probe }) => appendFileSync(probe, "// more\n"),
        "The engine's program was replaced after the judgement",
      ),
  },
];
