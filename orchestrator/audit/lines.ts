/**
 * The audit trail, one JSON text a line (row A14): `ndjson` is the ledger as it is and loses nothing, so that it can be
 * verified elsewhere; `cabincrew` is the protocol's AuditEvent; `cloudevents` is CloudEvents 1.0 in its JSON format.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Crew } from "../crew.ts";
import { readingOf } from "../imports/index.ts";
import { runIdOf } from "../integrity/scope.ts";
import type { StoredEntry } from "../store/port.ts";
import { cloudEvent } from "./cloud-event.ts";
import { ProtocolTrail } from "./protocol-trail.ts";

export type AuditFormat = "ndjson" | "cabincrew" | "cloudevents";

export interface AuditOptions {
  /** Run id, plan-token or a unique prefix; absent: the whole ledger. */
  readonly run?: string;
  readonly format: AuditFormat;
  /** Only the newest entry: what to note elsewhere for `verify --expect-head`. */
  readonly head?: boolean;
  /** Wait for further entries after the last one, until `signal` ends it. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

/** How often a followed ledger is asked for more, in milliseconds: one indexed read of a table nobody waits for. */
const POLL_MS = 200;

/** Lines without their line feed. An aborted signal ends the stream, it throws nothing. Throws usage, not_found, ambiguous. */
export async function* auditLines(crew: Pick<Crew, "store" | "content">, options: AuditOptions): AsyncIterable<string> {
  const { signal, follow = false } = options;
  const { store } = options.run === undefined ? crew : await readingOf(crew, options.run);
  const runId = options.run === undefined ? undefined : await runIdOf(store, options.run);
  const write = writerOf(options.format, store.key.keyId);
  if (options.head) {
    const newest = await store.head();
    if (newest) yield write(newest);
    return;
  }
  let after = 0;
  while (!signal?.aborted) {
    for await (const stored of store.entries({ after, ...(runId === undefined ? {} : { runId }) })) {
      if (signal?.aborted) return;
      after = stored.seq;
      yield write(stored);
    }
    if (!follow) return;
    await sleep(POLL_MS, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}

function writerOf(format: AuditFormat, keyId: string): (stored: StoredEntry) => string {
  switch (format) {
    case "ndjson":
      return ({ seq, body, signature, hash }) => JSON.stringify({ seq, body, signature, hash });
    case "cloudevents":
      return (stored) => JSON.stringify(cloudEvent(stored, keyId));
    case "cabincrew": {
      const trail = new ProtocolTrail(keyId);
      return (stored) => JSON.stringify(trail.next(stored));
    }
  }
}
