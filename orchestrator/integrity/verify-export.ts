/** `cabincrew verify --export`: offline, with nothing but an exported file and the ledger's public key. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { CabincrewError, toCabincrewError } from "../../schema/index.ts";
import type { VerifyReport } from "../api.ts";
import { keyIdOf } from "../ledger/chain.ts";
import { checkExport } from "./check-export.ts";
import { openExport } from "./export-file.ts";

const NAME_THE_KEY = "Name the ledger's keys/ledger.pub.pem, as its owner gave it to you.";

/**
 * Accepts what `audit --format ndjson` prints (of the ledger or of one run) and what `export` prints, with contents and without. Approvers'
 * keys are not in such a file and are not looked at. Throws usage for files that cannot be read as what they are.
 */
export async function verifyExport(file: string, publicKeyFile: string): Promise<VerifyReport> {
  const began = performance.now();
  const key = readPublicKey(publicKeyFile);
  const source = await openExport(file);
  const { findings, chain, runs, whole, contents } = await checkExport(source, key);
  const { last } = chain;
  return {
    ok: findings.all.length === 0,
    events: chain.events,
    runs,
    head: last ? { seq: last[0], hash: last[4], signature: last[3], key_id: keyIdOf(key) } : null,
    findings: findings.all,
    checked: [
      whole ? "chain" : "chain, as far as the entries of one run touch",
      "signatures",
      "transitions",
      ...(source.kind === "bundle" ? ["plan-token", "artifact list", "protocol documents"] : []),
      ...(contents === undefined ? [] : [`contents (${contents})`]),
    ],
    duration_ms: Math.round(performance.now() - began),
  };
}

/** An Ed25519 key in PEM. Throws key_invalid. */
export function readPublicKey(file: string): KeyObject {
  try {
    const pem = readFileSync(file, "utf8");
    // Node would take its public half: whoever hands out such a file hands out what signs the ledger, and would not be told.
    if (/BEGIN [A-Z ]*PRIVATE KEY/.test(pem)) throw privateKeyGiven(file);
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch (error) {
    if (error instanceof CabincrewError) throw error;
    const { message, detail } = toCabincrewError(error, "key_invalid", `Reading the public key ${file}`);
    throw new CabincrewError("key_invalid", message, { next: NAME_THE_KEY, detail });
  }
  throw new CabincrewError("key_invalid", `${file} is not an Ed25519 public key.`, {
    next: NAME_THE_KEY,
  });
}

function privateKeyGiven(file: string): CabincrewError {
  return new CabincrewError(
    "key_invalid",
    `${file} is a private key; an export is checked with the public one alone.`,
    {
      next: "Name its public half, ledger.pub.pem beside it, and keep the private key to the machine that signs with it.",
      detail: { file },
    },
  );
}
