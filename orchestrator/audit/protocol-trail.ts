import type { JsonObject } from "../../schema/index.ts";
import type { LedgerEntry } from "../ledger/event.ts";
import { auditEvent, genesisAuditEvent, importAuditEvent } from "../protocol/audit-event.ts";
import { applyEvent } from "../runs/fold.ts";
import type { RunRecord } from "../runs/record.ts";
import { END_STATES } from "../states/states.ts";
import type { StoredEntry } from "../store/port.ts";

/** Turns entries into AuditEvents in ledger order, and keeps of each run only what its later events need. */
export class ProtocolTrail {
  private readonly keyId: string;
  private readonly going = new Map<string, RunRecord>();

  constructor(keyId: string) {
    this.keyId = keyId;
  }

  /** Throws `internal` for an event that the run's state forbids: such a ledger is for `cabincrew verify`. */
  next(stored: StoredEntry): JsonObject {
    const entry = JSON.parse(stored.body) as LedgerEntry;
    if (entry.type === "ledger.created") return genesisAuditEvent(stored, entry);
    if (entry.type === "run.imported") return importAuditEvent(stored, entry, this.keyId);
    const before = this.going.get(entry.run_id) ?? null;
    const after = applyEvent(before, entry, entry);
    if (END_STATES.has(after.state)) this.going.delete(entry.run_id);
    else this.going.set(entry.run_id, after);
    return auditEvent(stored, entry, before, after, this.keyId);
  }
}
