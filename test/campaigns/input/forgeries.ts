/**
 * Exports that a stranger signed with a key of their own, in which any event or artifact says something else: what is imported of them
 * must be what `verify` calls intact afterwards, and every verb that reads must be able to show it.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { SealedArtifact } from "../../../orchestrator/artifacts/index.ts";
import { recordIn } from "../../../orchestrator/imports/sealed-export.ts";
import {
  auditLines,
  type Crew,
  diffRun,
  exportLines,
  importRun,
  listRuns,
  openCrew,
  readLog,
  replayRun,
  showRun,
  verifyLedger,
} from "../../../orchestrator/index.ts";
import { planOf } from "../../../orchestrator/integrity/plan.ts";
import type { LedgerEvent } from "../../../orchestrator/ledger/event.ts";
import { CabincrewError, digestOf, type JsonObject } from "../../../schema/index.ts";
import { forged } from "../../orchestrator/imports/forge.ts";
import { NASTY_TEXTS } from "./mutate.ts";
import type { Random } from "./random.ts";
import type { Subject } from "./subject.ts";

/** `file` is what `export --contents` wrote. */
export function forgedSubject(name: string, file: string): Subject {
  const scratch = mkdtempSync(path.join(tmpdir(), "cabincrew-forged-"));
  const [first = "", ...pieces] = readFileSync(file, "utf8").trimEnd().split("\n");
  const honest = JSON.parse(first) as JsonObject;
  return {
    name,
    share: 1,
    async once(random) {
      const target = path.join(scratch, "export");
      const forgery = JSON.stringify(forgeryOf(honest, random));
      writeFileSync(target, `${(random.chance(3) ? [forgery] : [forgery, ...pieces]).join("\n")}\n`);
      const stateDir = path.join(scratch, "state");
      mkdirSync(stateDir);
      const options = { stateDir, configDir: scratch, environment: {}, principal: { id: "eve", proven: false } };
      const crew = await openCrew(options);
      try {
        const { run_id } = await importRun(crew, target);
        return await problemOf(crew, run_id);
      } finally {
        await crew.close();
        rmSync(stateDir, { recursive: true });
      }
    },
  };
}

async function problemOf(crew: Crew, run: string): Promise<string | undefined> {
  const { ok, findings } = await verifyLedger(crew);
  if (!ok) return `verify finds what was imported damaged: ${findings[0]?.message}`;
  await showRun(crew, run);
  await listRuns(crew);
  const { ok: same, differences } = await replayRun(crew, run);
  if (!same && differences.some((difference) => !/^The evaluations give/.test(difference)))
    return `replay differs: ${differences[0]}`;
  const streams = [
    readLog(crew, run),
    diffRun(crew, run),
    exportLines(crew, run),
    ...(["ndjson", "cabincrew", "cloudevents"] as const).map((format) => auditLines(crew, { run, format })),
  ];
  for (const stream of streams) {
    try {
      for await (const _ of stream);
    } catch (error) {
      // What did not come along, and a plan that was never made, are said to be so.
      const known = error instanceof CabincrewError && ["not_found", "state_conflict"].includes(error.code);
      if (!known) throw error;
    }
  }
  return undefined;
}

function forgeryOf(honest: JsonObject, random: Random): JsonObject {
  const document = structuredClone(honest) as JsonObject & { artifacts: SealedArtifact[] };
  if (random.chance(3)) altered(document.artifacts, random);
  const at = random.below((document["entries"] as never[]).length - 1);
  let index = 0;
  const mutated = (event: LedgerEvent): LedgerEvent => {
    const copy = structuredClone(event);
    index += 1;
    if (index - 1 === at) altered(random.chance(10) ? copy : copy.data, random);
    return copy;
  };
  const sealed = digestOf(document.artifacts);
  const changed = forged(document, (event) => {
    const copy = mutated(event);
    return copy.type === "artifacts.sealed" && random.chance(2)
      ? { ...copy, data: { ...copy.data, list_sha256: sealed, count: document.artifacts.length } }
      : copy;
  });
  return random.chance(4) ? changed : withItsOwnToken(changed);
}

/** The plan that the forged run gives, wherever a plan-token is named. */
function withItsOwnToken(forgery: JsonObject): JsonObject {
  try {
    const run = recordIn(forgery as never);
    if (run.token === null) return forgery;
    const { token, document } = planOf(run, forgery["artifacts"] as unknown as SealedArtifact[]);
    const told = JSON.parse(JSON.stringify(forgery).replaceAll(run.token, token)) as JsonObject;
    return forged({ ...told, plan_document: document as unknown as JsonObject }, (event) => event);
  } catch {
    return forgery;
  }
}

/** Changes one value somewhere in `holder`, mostly into another of its kind. */
function altered(holder: object, random: Random): void {
  const members = holder as Record<string, unknown>;
  const key = random.pick(Object.keys(members));
  const value = members[key];
  if (typeof value === "object" && value !== null && Object.keys(value).length > 0 && !random.chance(8)) {
    altered(value, random);
    return;
  }
  const way = random.below(12);
  if (way === 0) delete members[key];
  else if (way === 1) members[random.pick(["more", "toString", "body", "target"])] = random.pick(OTHERS);
  else if (Array.isArray(value)) members[key] = random.chance(2) ? [...value, ...value] : value.slice(1);
  else members[key] = otherOf(value, random);
}

/** A lone surrogate has no canonical form, so nobody signs one by way of `sealEntry`. */
const SIGNABLE_TEXTS = NASTY_TEXTS.filter((text) => !/\p{Surrogate}/u.test(text));

const OTHERS: readonly unknown[] = [null, true, 0, -0, "", [], {}, 2 ** 53, 1e308];

function otherOf(value: unknown, random: Random): unknown {
  if (random.chance(10)) return random.pick(OTHERS);
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return random.pick([0, 1, value + 1, -1, 0.5, 2 ** 53 - 1, 2 ** 53, 1e308]);
  if (typeof value !== "string") return random.pick(OTHERS);
  if (/^[0-9a-f]{64}$/.test(value)) return random.pick(["0".repeat(64), value.toUpperCase(), value.slice(1)]);
  return random.pick([...SIGNABLE_TEXTS, `${value}x`, value.slice(1), "x".repeat(100_000)]);
}
