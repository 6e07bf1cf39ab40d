/** The composition root: one state directory opened with everything its operations share. */
import { realpathSync } from "node:fs";
import path from "node:path";
import { monotonicFactory } from "ulid";
import { CabincrewError, errnoOf, toCabincrewError } from "../schema/index.ts";
import type { Principal } from "./api.ts";
import { type ContentStore, openContentStore } from "./content/index.ts";
import { JudgePool } from "./preflight/judges.ts";
import { randomFraction } from "./random.ts";
import { openSqliteStore, type SqliteStore } from "./store/sqlite/store.ts";
import { sweepTemporaries } from "./temporary/index.ts";

/** What the caller of the library decides once; the command line takes these from flags and the environment. */
export interface CrewOptions {
  /** Absolute path; created (0700) when missing. */
  readonly stateDir: string;
  /** The user's configuration directory: default governance, approver keys. */
  readonly configDir: string;
  /** Explicit governance directory, which must then exist. */
  readonly governanceDir?: string;
  /** Variables that mapped secrets and `--env` names are read from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Who makes requests and, without an authority file, approves. */
  readonly principal: Principal;
  /** Time in milliseconds since the epoch; a port, so that tests can set it. */
  readonly clock?: () => number;
  /** False: refuse where there is no ledger yet, as commands that only read do. */
  readonly create?: boolean;
}

export interface Crew {
  readonly options: CrewOptions;
  readonly stateDir: string;
  readonly store: SqliteStore;
  readonly content: ContentStore;
  readonly judges: JudgePool;
  /** Milliseconds since the epoch, never going backwards within one process. */
  readonly now: () => number;
  readonly newId: () => string;
  /**
   * Frees the ledger, threads and processes; may be called twice. It ends no run: abort the signal of one that goes on and wait for
   * it first. What uses the crew afterwards opens it again, and then it is to be closed again.
   */
  close(): Promise<void>;
}

/**
 * Opens a state directory. The ledger itself is opened by the first operation that needs it, so that judges can start to load
 * before that. Throws state_unusable, and for `create: false` not_found where there is no ledger.
 */
export async function openCrew(options: CrewOptions): Promise<Crew> {
  const clock = options.clock ?? Date.now;
  let latest = 0;
  const now = (): number => {
    latest = Math.max(latest, clock());
    return latest;
  };
  const nextId = monotonicFactory(randomFraction);
  const newId = (): string => nextId(now());
  const create = options.create ?? true;
  const stateDir = stateDirectory(path.resolve(options.stateDir), create);
  const judges = new JudgePool(stateDir);
  let store: SqliteStore | undefined;
  return {
    options,
    stateDir,
    get store() {
      if (store) return store;
      store = openSqliteStore({ stateDir, create, newId, now: () => new Date(now()).toISOString() });
      // Only commands that drive runs write temporary files; those that look on need not tidy up after them.
      if (create) sweepTemporaries(stateDir, now());
      return store;
    },
    content: openContentStore(stateDir),
    judges,
    now,
    newId,
    async close() {
      // The ledger first and at once: a caller that cannot wait for processes to end has then lost nothing.
      const opened = store;
      store = undefined;
      const judged = judges.close();
      await opened?.close();
      await judged;
    },
  };
}

/**
 * The state directory's own path, links resolved. It is made only with the ledger: a request that is refused because the two
 * lie in one another must leave nothing in the workspace.
 */
function stateDirectory(requested: string, create: boolean): string {
  try {
    return realpathSync.native(requested);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT")
      throw toCabincrewError(error, "state_unusable", `Opening the state directory ${requested}`);
    if (create) return path.join(stateDirectory(path.dirname(requested), create), path.basename(requested));
    throw new CabincrewError("not_found", `There is no ledger in ${requested}.`, {
      next: "Name the right directory with --state-dir; `cabincrew run` makes a new one.",
    });
  }
}

/** The present as RFC 3339 UTC. */
export function timestamp(crew: Pick<Crew, "now">): string {
  return new Date(crew.now()).toISOString();
}
