/**
 * The scratch copy in which attacks happen: a private directory below the system's temporary one. The user's governance is loaded
 * and rewritten there with scratch keys; the user's workspace gives only what it brings to govern runs; the user's ledger and keys are
 * looked at from outside and never opened.
 */
import { cpSync, existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { findBubblewrap } from "../../engines/index.ts";
import { makeScratch, removeTree } from "../../schema/index.ts";
import type { RunReport } from "../api.ts";
import { generateApproverKey, writeKey } from "../authority/index.ts";
import type { CrewOptions } from "../crew.ts";
import { type Governance, loadGovernance } from "../governance/index.ts";
import { NotApplicable } from "./outcome.ts";
import { createPlace, judgedPlan, type Place } from "./place.ts";
import { installProbe, PROBE, type ProbeConfig } from "./probe.ts";
import { type GovernanceEdit, type ScratchPerson, writeGovernance } from "./scratch-governance.ts";

/** What is proved, and where the user's files lie; the state directory is only looked at from outside. */
export interface ScratchOptions extends Pick<CrewOptions, "stateDir" | "configDir" | "governanceDir" | "principal"> {
  /** What this workspace brings in `.cabincrew/` governs the attacks as well. */
  readonly workspace?: string;
  /** Value of PATH for the engines of the attacks. */
  readonly searchPath?: string;
}

export interface PlaceEdit extends GovernanceEdit {
  /** Variables of the crew, besides PATH. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly principal?: CrewOptions["principal"];
  /** Further people of the authority file. */
  readonly people?: readonly ScratchPerson[];
}

/** The shared means of all attacks. */
export interface Scratch {
  readonly options: ScratchOptions;
  /** As the user configured it. */
  readonly governance: Governance;
  /** Everybody of the user's authority file, with scratch keys; empty where there is none. */
  readonly people: readonly ScratchPerson[];
  readonly bubblewrap: boolean;
  /** A place of its own; `signal` ends what runs there. */
  place(name: string, edit?: PlaceEdit): Place;
  /** A private key, made here. */
  key(name: string): { readonly keyFile: string; readonly publicText: string };
  /** A plan that the user's judges let pass, if need be with approval. Throws NotApplicable. */
  harmless(): Promise<ProbeConfig>;
  /** A plan for which the user's judges ask a person. Throws NotApplicable. */
  reviewed(): Promise<ProbeConfig>;
}

const PLANS: readonly ProbeConfig[] = [
  { target: "notes.txt", text: "a note\n" },
  { target: "README.md", text: "# A scratch workspace\n\nA line more.\n" },
  { target: "docs/change.md", text: "# A change\n" },
  { target: "src/settings.conf", text: "port = 8080\n" },
  { target: "Dockerfile", text: "FROM node:20.20\n" },
  { target: ".github/workflows/build.yml", text: "name: build\non: push\njobs: {}\n" },
  { target: "package.json", text: '{ "name": "scratch", "version": "1.0.0" }\n' },
  { target: "deploy.sh", text: "#!/bin/sh\nexit 0\n" },
];

/** Makes the scratch, lets `work` use it and removes it, whatever happens. Throws what loading the user's governance throws. */
export async function withScratch<T>(
  options: ScratchOptions,
  signal: AbortSignal,
  work: (scratch: Scratch) => Promise<T>,
): Promise<T> {
  const { configDir, governanceDir, workspace } = options;
  const governance = await loadGovernance({
    configDir,
    ...(governanceDir === undefined ? {} : { governanceDir }),
    ...(workspace === undefined ? {} : { workspace }),
  });
  const root = makeScratch("cabincrew-guarantees-");
  const remove = () => removeTree(root);
  process.once("exit", remove);
  const places: Place[] = [];
  try {
    return await work(await createScratch(root, options, governance, signal, places));
  } finally {
    await Promise.all(places.map((place) => place.close()));
    process.off("exit", remove);
    remove();
  }
}

async function createScratch(
  root: string,
  options: ScratchOptions,
  governance: Governance,
  signal: AbortSignal,
  places: Place[],
): Promise<Scratch> {
  const key = (name: string) => {
    const made = generateApproverKey();
    return { keyFile: writeKey(path.join(root, "keys"), name, made).privateFile, publicText: made.publicText };
  };
  const people = (governance.authority?.people ?? []).map(({ id, roles }, index) => ({
    id,
    roles,
    ...key(`person-${index}`),
  }));
  const place = (name: string, edit: PlaceEdit = {}): Place => {
    const own = path.join(root, name);
    const configDir = path.join(own, "config", "cabincrew");
    const governed = path.join(own, "governance");
    writeGovernance(governed, governance, [...people, ...(edit.people ?? [])], PROBE, edit);
    const environment = { PATH: options.searchPath, ...edit.environment };
    const principal = edit.principal ?? options.principal;
    const fixed = { governanceDir: governed, configDir, probe: installProbe(configDir), signal };
    const made = createPlace(own, fixed, { environment, principal });
    places.push(made);
    bring(options.workspace, made.workspace);
    return made;
  };
  const tried = tryPlans(() => place("plans"));
  return {
    options,
    governance,
    people,
    bubblewrap: (await findBubblewrap()) !== undefined,
    place,
    key,
    harmless: () => tried(({ state }) => state === "PREFLIGHT_COMPLETE" || state === "AWAITING_APPROVAL", "pass"),
    reviewed: () => tried(({ state }) => state === "AWAITING_APPROVAL", "wait for a person"),
  };
}

/** What governs a run and comes with a workspace; nothing else of the user's workspace is copied. */
function bring(from: string | undefined, workspace: string): void {
  if (from === undefined) return;
  for (const name of [".cabincrew/policies", ".cabincrew/models"]) {
    const brought = path.join(from, name);
    if (!existsSync(brought)) continue;
    mkdirSync(path.join(workspace, ".cabincrew"), { recursive: true });
    cpSync(brought, path.join(workspace, name), { recursive: true, dereference: true });
  }
}

type Wanted = (report: RunReport) => boolean;

/** Finds plans for attacks; each is made and judged once at most, in order, under the user's configuration. */
function tryPlans(place: () => Place): (wanted: Wanted, what: string) => Promise<ProbeConfig> {
  let where: Place | undefined;
  const made = new Map<ProbeConfig, Promise<RunReport>>();
  return async (wanted, what) => {
    const seen: string[] = [];
    for (const config of PLANS) {
      where ??= place();
      const making = made.get(config) ?? judgedPlan(where, config);
      made.set(config, making);
      const report = await making;
      if (wanted(report)) return config;
      seen.push(report.message ?? report.state);
    }
    throw new NotApplicable(
      `None of ${PLANS.length} harmless plans would ${what} under this configuration, so the attack has no object (${seen[0]})`,
    );
  };
}
