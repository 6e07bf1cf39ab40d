/** Checks the signatures of recorded votes with the keys of the authority file in force. */
import type { KeyObject } from "node:crypto";
import type { CrewOptions } from "../crew.ts";
import { loadGovernance } from "../governance/index.ts";
import { signatureProblem, type VoteAt } from "./approvals.ts";
import type { Findings } from "./findings.ts";

/**
 * Returns how many signatures could not be checked because their key is in no authority file any more. Those votes stand under
 * the ledger's own signature, so they are no finding; people leave, and what they approved stays approved.
 */
export async function checkVoteSignatures(
  votes: readonly VoteAt[],
  crew: { readonly options: CrewOptions },
  findings: Findings,
): Promise<number> {
  if (votes.length === 0) return 0;
  const keys = await approverKeys(crew);
  let unknown = 0;
  for (const { seq, vote } of votes) {
    const key = keys.get(vote.key_id ?? "");
    const problem = key ? signatureProblem(vote, key) : undefined;
    if (!key) unknown += 1;
    else if (problem) findings.add("approval_invalid", `entry ${seq}`, problem);
  }
  return unknown;
}

async function approverKeys(crew: { readonly options: CrewOptions }): Promise<ReadonlyMap<string, KeyObject>> {
  const { configDir, governanceDir } = crew.options;
  try {
    // Authority comes from outside of workspaces only, so none is named.
    const governance = await loadGovernance({ configDir, ...(governanceDir ? { governanceDir } : {}) });
    const keys = governance.authority?.people.flatMap((person) => person.keys) ?? [];
    return new Map(keys.map((key) => [key.keyId, key.publicKey]));
  } catch {
    // A governance directory that does not load says nothing about the ledger; its keys count as not known.
    return new Map();
  }
}
