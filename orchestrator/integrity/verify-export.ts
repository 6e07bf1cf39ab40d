/** `cabincrew verify --file`: offline, with nothing but an exported file and the ledger's public key. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { CabincrewError, toCabincrewError } from "../../schema/index.ts";
import type { VerifyReport } from "../api.ts";
import { keyIdOf } from "../ledger/chain.ts";
import type { RunRecord } from "../runs/record.ts";
import type { EntryRow } from "../store/sqlite/entry-row.ts";
import { checkBundle } from "./bundle.ts";
import { ChainChecker } from "./chain.ts";
import { type ExportFile, openExport } from "./export-file.ts";
import { Findings } from "./findings.ts";
import { type FoldedRun, RunFolder } from "./fold.ts";
import { genesisProblem } from "./pass.ts";

const NAME_THE_KEY = "Name the ledger's keys/ledger.pub.pem, as its owner gave it to you.";

/**
 * Accepts what `audit --format ndjson` prints (of the ledger or of one run) and what `export` prints. Stored content and
 * approvers' keys are not in such a file and are not looked at. Throws usage for files that cannot be read as what they are.
 */
export async function verifyExport(file: string, publicKeyFile: string): Promise<VerifyReport> {
  const began = performance.now();
  const key = await readPublicKey(publicKeyFile);
  const source = await openExport(file);
  let pass = await readThrough(source, key, false);
  // The few signatures that vouch for all did not hold; now each is asked, to say which entries are wrong.
  if (pass.findings.all.some((finding) => finding.message.includes("signature")))
    pass = await readThrough(source, key, true);
  const { findings, chain, runs, whole } = pass;
  if (source.kind === "bundle") checkBundle(source.bundle, pass.records, { keyId: keyIdOf(key) }, findings);
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
    ],
    duration_ms: Math.round(performance.now() - began),
  };
}

interface Pass {
  readonly findings: Findings;
  readonly chain: ChainChecker;
  readonly runs: number;
  /** The file begins with the ledger's first entry and claims to hold all that follow. */
  readonly whole: boolean;
  /** Folded records; only kept for the bundle of one run. */
  readonly records: readonly RunRecord[];
}

async function readThrough(source: ExportFile, key: KeyObject, thorough: boolean): Promise<Pass> {
  const findings = new Findings();
  const records: RunRecord[] = [];
  let chain: ChainChecker | undefined;
  let begin = 0;
  const keep = ({ record }: FoldedRun): void => {
    if (source.kind === "bundle") records.push(record);
  };
  const folder = new RunFolder(findings, {
    canonical: true,
    folded: keep,
    signed: () => {},
  });
  for await (const row of source.rows()) {
    if (typeof row === "string") {
      findings.add("ledger_corrupt", `after entry ${chain?.last?.[0] ?? 0}`, row);
      continue;
    }
    if (!chain) begin = row[0];
    chain ??= new ChainChecker(findings, {
      key,
      entryAt: () => undefined,
      thorough,
      gaps: source.kind === "bundle" || row[0] !== 1,
    });
    const place = chain.accept(row);
    if (row[0] === 1) checkGenesis(row, key, findings);
    else if (place?.event) folder.accept(place.event, row[2]);
  }
  chain ??= new ChainChecker(findings, { key, entryAt: () => undefined, thorough });
  chain.finish();
  for (const run of folder.rest()) keep(run);
  const whole = source.kind === "lines" && begin === 1;
  if (chain.events === 0) findings.add("ledger_corrupt", "the file", "There is no entry in the file.");
  else if (!whole && folder.runs > 1)
    findings.add(
      "ledger_corrupt",
      `entry ${begin}`,
      `The file holds ${folder.runs} runs, but does not begin with entry 1.`,
    );
  return { findings, chain, runs: folder.runs, whole, records };
}

function checkGenesis(row: EntryRow, key: KeyObject, findings: Findings): void {
  const problem = genesisProblem(row[2], keyIdOf(key));
  if (problem) findings.add("ledger_corrupt", "entry 1", `The first entry of the ledger is wrong: ${problem}.`);
}

async function readPublicKey(file: string): Promise<KeyObject> {
  try {
    const pem = await readFile(file, "utf8");
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
