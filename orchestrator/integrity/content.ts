import { whyOf } from "../../schema/index.ts";
/** Everything the events name by content address must be in the store, and be what its name says. */
import type { SealedArtifact } from "../artifacts/index.ts";
import type { ContentSource } from "../content/index.ts";
import type { RunRecord } from "../runs/record.ts";
import { readSealed } from "../seal/event.ts";
import type { Findings } from "./findings.ts";
import { misdescribed, planOf } from "./plan.ts";

export class ContentChecker {
  private readonly content: Pick<ContentSource, "read" | "verify">;
  private readonly findings: Findings;
  /** Sizes of what was already read, false for what is not intact; equal plans and bodies are read once. */
  private readonly seen = new Map<string, number | false>();
  /** The list that was read last and had nothing wrong: runs of one plan follow one another. */
  private lastList: { readonly address: string; readonly artifacts: readonly SealedArtifact[] } | undefined;

  constructor(content: Pick<ContentSource, "read" | "verify">, findings: Findings) {
    this.content = content;
    this.findings = findings;
  }

  /** What was looked at. */
  get addresses(): Iterable<string> {
    return this.seen.keys();
  }

  /** All content of one run: logs, review, sealed lists, each artifact's metadata and body, the plan document. */
  async check(run: RunRecord): Promise<void> {
    const { run_id: runId } = run;
    await this.one(run.plan?.log_sha256, `the log of flight-plan of run ${runId}`);
    await this.one(run.take_off?.log_sha256, `the log of take-off of run ${runId}`);
    await this.one(run.failure?.log_sha256, `the log of the failed launch of run ${runId}`);
    await this.one(run.review_sha256, `the review of run ${runId}`);
    const planned = await this.list(run.artifacts?.list_sha256, `the artifact list of run ${runId}`, runId);
    await this.list(run.outputs_sha256, `the list of outputs of run ${runId}`, runId);
    await this.one(run.token, `the plan document of run ${runId}`);
    if (planned && run.token) this.token(run, run.token, planned);
  }

  private token(run: RunRecord, token: string, planned: readonly SealedArtifact[]): void {
    const where = `run ${run.run_id}`;
    const made = planOf(run, planned).token;
    if (made !== token)
      this.findings.add(
        "token_mismatch",
        where,
        `The sealed plan of run ${run.run_id} gives ${made}, not its plan-token ${token}.`,
      );
    for (const name of misdescribed(planned))
      this.findings.add(
        "token_mismatch",
        where,
        `Artifact ${JSON.stringify(name)} of run ${run.run_id} has another description than the one that was hashed.`,
      );
    if (run.artifacts && run.artifacts.count !== planned.length)
      this.findings.add(
        "ledger_corrupt",
        where,
        `Run ${run.run_id} recorded ${run.artifacts.count} artifacts; the sealed list has ${planned.length}.`,
      );
  }

  private async list(
    address: string | null | undefined,
    what: string,
    runId: string,
  ): Promise<readonly SealedArtifact[] | undefined> {
    if (!address || (await this.one(address, what)) === false) return undefined;
    if (this.lastList?.address === address) return this.lastList.artifacts;
    const wrong = this.findings.met;
    try {
      const artifacts = await readSealed(this.content, address);
      for (const { name, metadata_sha256, body } of artifacts) {
        const which = `${JSON.stringify(name)} of run ${runId}`;
        await this.one(metadata_sha256, `the metadata of artifact ${which}`);
        const size = body ? await this.one(body.sha256, `the body of artifact ${which}`) : false;
        if (body && size !== false && size !== body.size)
          this.findings.add(
            "token_mismatch",
            `content ${body.sha256}`,
            `The body of artifact ${which} has ${size} bytes, the plan says ${body.size}.`,
          );
      }
      this.lastList = this.findings.met === wrong ? { address, artifacts } : undefined;
      return artifacts;
    } catch (error) {
      this.findings.add("ledger_corrupt", `content ${address}`, `${capital(what)} cannot be read: ${whyOf(error)}`);
      return undefined;
    }
  }

  /** The size of the content, or false when it is missing or damaged (which is then a finding). */
  private async one(address: string | null | undefined, what: string): Promise<number | false> {
    if (!address) return false;
    let size = this.seen.get(address);
    if (size === undefined) {
      try {
        size = await this.content.verify(address);
      } catch (error) {
        size = false;
        const message = `${capital(what)} is not intact: ${whyOf(error)}`;
        this.findings.add("ledger_corrupt", `content ${address}`, message);
      }
      this.seen.set(address, size);
    }
    return size;
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
