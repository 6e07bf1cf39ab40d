/** Turns a person's decision into a vote on the record: signed where an authority file is in force, else plainly unproven. */
import path from "node:path";
import { CabincrewError, type JsonObject } from "../../schema/index.ts";
import {
  type Authority,
  listKeys,
  personOfKey,
  readPrivateKey,
  signVote,
  type VotePayload,
} from "../authority/index.ts";
import type { Crew } from "../crew.ts";
import type { RecordedVote } from "../ledger/event.ts";
import type { RunRecord } from "../runs/record.ts";
import { requestOf } from "./question.ts";

export interface Ballot {
  readonly decision: VotePayload["decision"];
  readonly comment?: string;
  readonly keyFile?: string;
  readonly role?: string;
}

const DEFAULT_ROLE = "operator";

/** Throws approval_invalid or key_invalid; never records anything itself. */
export function castVote(crew: Crew, authority: Authority | undefined, run: RunRecord, ballot: Ballot): RecordedVote {
  const request = requestOf(run, ballot.decision);
  const common = {
    format: "cabincrew.approval/1",
    approval_id: request.approval_id,
    run_id: run.run_id,
    step_id: run.spec.step_id,
    plan_token: run.token ?? "",
    decision: ballot.decision,
    expires_at: request.expires_at,
    nonce: request.nonce,
    ...(ballot.comment ? { comment: ballot.comment } : {}),
  } as const;
  if (!authority) {
    if (ballot.keyFile !== undefined)
      throw new CabincrewError("key_invalid", "No authority file is in force for this run, so a key proves nothing.", {
        next: "Leave --key out, or name the governance directory that holds the authority file: --governance DIR.",
      });
    const approver = { id: crew.options.principal.id, proven: false };
    const role = ballot.role ?? DEFAULT_ROLE;
    const payload = { ...common, approver: approver.id, role };
    return record(payload, approver, null, null);
  }
  const key = readPrivateKey(ballot.keyFile ?? onlyKey(crew));
  const person = personOfKey(authority, key);
  if (!person) {
    throw new CabincrewError("approval_invalid", `The key ${key.keyId} belongs to nobody in the authority file.`, {
      next: "Have your public key added to the authority file, or name another key with --key.",
      detail: { key_id: key.keyId },
    });
  }
  const role = ballot.role ?? roleFor(person.roles, run, authority);
  const payload: VotePayload = { ...common, approver: person.id, role };
  const signed = signVote(payload, key);
  return record(payload, { id: person.id, proven: true }, signed.signature, signed.key_id);
}

function record(
  payload: VotePayload,
  approver: RecordedVote["approver"],
  signature: string | null,
  key_id: string | null,
): RecordedVote {
  const { approval_id, decision, role, comment } = payload;
  return {
    approval_id,
    decision,
    approver,
    role,
    comment: comment ?? null,
    payload: payload as unknown as JsonObject,
    signature,
    key_id,
  };
}

/** The first gate the person can help to pass, else the default role, else any they hold; the check of the vote has the last word. */
function roleFor(roles: readonly string[], run: RunRecord, authority: Authority): string {
  const asked = run.approval?.gates.map((gate) => gate.role).find((role) => roles.includes(role));
  return asked ?? roles.find((role) => role === authority.defaultRole) ?? roles[0] ?? authority.defaultRole;
}

/** Without --key: the one key in the user's configuration directory. */
function onlyKey(crew: Crew): string {
  const directory = path.join(crew.options.configDir, "keys");
  const keys = listKeys(directory);
  const [key] = keys;
  if (key && keys.length === 1) return key.file;
  throw new CabincrewError(
    "key_invalid",
    `An authority file is in force, and ${directory} holds ${keys.length === 0 ? "no key" : `${keys.length} keys`}.`,
    {
      next:
        keys.length === 0
          ? "Make a key with `cabincrew key generate`, or name one with --key."
          : "Name the one to sign with: --key FILE.",
    },
  );
}
