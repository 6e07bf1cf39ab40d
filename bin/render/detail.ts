import type { ApprovalRecord, ArtifactSummary, ImportDetail, RunDetail } from "../../orchestrator/index.ts";
import { renderRun } from "./run.ts";
import { type Ink, indented, lines, type Showable, type Shown, safe } from "./shown.ts";
import { table } from "./table.ts";
import { bytes, count } from "./units.ts";

/** Artifacts and timeline entries shown; --json has all. */
const ROWS = 100;

/** Everything about one run, for people. */
export function renderDetail(detail: RunDetail, ink: Ink): Shown {
  const { permissions } = detail;
  return lines(
    renderRun(detail.report, ink),
    "",
    table(
      ["", ""],
      [
        ["what", detail.title],
        ["workspace", detail.workspace],
        ["requested by", `${detail.requester.id}${detail.requester.proven ? "" : " (identity not proven)"}`],
        ["created", detail.created_at],
        ["updated", detail.updated_at],
        ...originRows(detail.origin),
        ["engine", `${detail.engine.id} ${detail.engine.version} ${detail.engine.digest}`],
        ["workspace hash", detail.workspace_hash ?? "-"],
        ["governance", detail.governance_digest],
        ["network", permissions.network ? "granted" : "none"],
        ["variables", permissions.env.join(", ") || "none"],
        [
          "secrets",
          permissions.secrets.map((secret) => `${secret.name} from env:${secret.source.variable}`).join(", ") || "none",
        ],
        ["may read", permissions.read.join(", ") || "the workspace"],
        ["may write", permissions.write.join(", ") || "nothing besides"],
      ].map(([name = "", value = ""]) => [safe`  ${ink.dim(name)}`, value]),
    ),
    ...section("artifacts", detail.artifacts, (shown) => table(["", "", "", ""], shown.map(artifactRow)), ink),
    ...section(
      "approvals",
      detail.approvals,
      (shown) => lines(...shown.map((record) => approvalLine(record, detail.origin !== undefined))),
      ink,
    ),
    ...section(
      "timeline",
      detail.timeline,
      (shown) =>
        table(
          ["", "", "", ""],
          shown.map((entry) => [`#${entry.seq}`, entry.at, entry.type, entry.summary]),
        ),
      ink,
    ),
  );
}

function originRows(origin: ImportDetail | undefined): string[][] {
  if (!origin) return [];
  const { ledger, head, key_known, imported_at, imported_by, contents, entry } = origin;
  const by = `${imported_by.id}${imported_by.proven ? "" : " (identity not proven)"}`;
  return [
    ["imported", `${imported_at} by ${by}, entry #${entry} of this ledger`],
    ["from ledger", `of key ${ledger}, ${KEY_KNOWN[key_known]}`],
    ["its head there", `#${head.seq} ${head.hash}`],
    ["contents", contents ? "diff, logs and artifacts came along" : "none came along: no diff, no logs, no artifacts"],
  ];
}

/** How much the key behind an imported run is to be believed. */
export const KEY_KNOWN: Readonly<Record<ImportDetail["key_known"], string>> = {
  given: "which whoever imported it had named",
  before: "known from an earlier import",
  first_use: "which nobody had named: trusted on first use",
};

function section<T>(title: string, all: readonly T[], render: (shown: readonly T[]) => Shown, ink: Ink): Showable[] {
  if (all.length === 0) return [];
  const more = all.length - ROWS;
  return [
    "",
    safe`${ink.bold(title)} ${ink.dim(count(all.length, "entry", "entries"))}`,
    indented(render(all.slice(0, ROWS)), "  "),
    ...(more > 0 ? [ink.dim(`  … and ${more} more; --json lists all of them`)] : []),
  ];
}

function artifactRow(artifact: ArtifactSummary): string[] {
  const size = artifact.size === undefined ? "-" : bytes(artifact.size);
  return [artifact.role, artifact.action, size, artifact.target ?? artifact.name];
}

/** A vote on an imported run is the word of the ledger that signed it: keys are known where people approve. */
function approvalLine(record: ApprovalRecord, imported: boolean): Shown {
  const signed =
    record.key_id === null
      ? "identity not proven"
      : `signed with key ${record.key_id}${imported ? " as its ledger says" : ""}`;
  return safe`${record.at}  ${record.decision} by ${record.approver.id} as ${record.role}, ${signed}${record.comment === null ? "" : `: ${record.comment}`}`;
}
