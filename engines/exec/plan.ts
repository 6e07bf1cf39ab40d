/** flight-plan: the command runs on a private copy, and what it changed there becomes artifacts (spec/artifacts.md). */
import { chmodSync, constants, copyFileSync } from "node:fs";
import path from "node:path";
import { CabincrewError } from "../../schema/index.ts";
import { isText } from "../diff/index.ts";
import { assertProgram } from "../sandbox/index.ts";
import { bytesOf } from "./bytes.ts";
import { type FoundChange, needsBody } from "./changes/change.ts";
import { hashFile, readStart } from "./changes/content.ts";
import { changeDocument } from "./changes/document.ts";
import { readingWorkspace } from "./changes/entry.ts";
import { findChanges } from "./changes/find.ts";
import { execConfig, type Grants, grantsOf } from "./config.ts";
import { writeDiff } from "./evidence.ts";
import { commandEnvironment, makePlaces } from "./launch/environment.ts";
import { chooseBubblewrap, runInPrivateCopy } from "./launch/private-copy.ts";
import type { FinishedCommand } from "./launch/request.ts";
import { ArtifactWriter } from "./protocol/artifact-writer.ts";
import type { Invocation } from "./protocol/invocation.ts";
import type { Answer } from "./protocol/serve.ts";

const STDERR = 2;
/** Text is told by its beginning where a file is larger than this. */
const TEXT_BYTES = 1024 * 1024;

export async function flightPlan(invocation: Invocation): Promise<Answer> {
  const config = execConfig(invocation.input.config);
  const grants = grantsOf(invocation.input);
  const places = makePlaces(invocation.tempDir);
  const env = commandEnvironment(invocation, grants, places);
  assertProgram(config.command[0] ?? "", invocation.workspace, env["PATH"] ?? "");
  const { workspace, tempDir } = invocation;
  const finished = await runInPrivateCopy({
    argv: config.command,
    env,
    workspace,
    cwd: workspace,
    places,
    tempDir,
    grants,
    bubblewrap: await chooseBubblewrap(config.sandbox, invocation.env["CABINCREW_BUBBLEWRAP"]),
    way: config.private_copy,
    stdout: STDERR,
  });
  try {
    const diagnostics = { sandbox: finished.sandbox, private_copy: finished.way, exit_code: finished.exitCode };
    if (finished.exitCode !== 0) return { error: failureOf(config.command, finished, grants), diagnostics };
    return readingWorkspace(workspace, () => {
      const { changes, warnings } = findChanges(finished.trees, config.exclude_ignored);
      return { artifacts: writeArtifacts(invocation.artifactsDir, changes), warnings, diagnostics };
    });
  } finally {
    await finished.close();
  }
}

/** Why a command's exit code ends the plan. */
export function failureOf(
  command: readonly string[],
  finished: Pick<FinishedCommand, "exitCode" | "way" | "sandbox">,
  grants: Pick<Grants, "write">,
): string {
  const shown = command.join(" ").slice(0, 300);
  const killed =
    finished.exitCode > 128 && finished.exitCode < 193 ? ` (killed by signal ${finished.exitCode - 128})` : "";
  const hint =
    finished.way === "overlay"
      ? " If its log speaks of a cross-device link, it renames whole directories: plan with `--config private_copy=copy`."
      : "";
  const sealed =
    grants.write.length > 0 && finished.sandbox === "bubblewrap"
      ? " What was granted for writing can be written at take-off only, not while planning."
      : "";
  const beyond = path.normalize(command[0] ?? "").startsWith("../")
    ? " If its program was not found: what lies outside the workspace is there when `--read` grants it."
    : "";
  return `The command \`${shown}\` exited with ${finished.exitCode}${killed}; nothing was planned.${beyond}${sealed}${hint}`;
}

function writeArtifacts(directory: string, changes: readonly FoundChange[]): NonNullable<Answer["artifacts"]> {
  const writer = new ArtifactWriter(directory);
  if (changes.length === 0) return writer.entries;
  const width = Math.max(6, String(changes.length).length);
  for (const [at, change] of changes.entries()) {
    const name = `c${String(at + 1).padStart(width, "0")}`;
    writer.write(name, "state", changeDocument(change, isTextChange(change)), (file) => writeBody(file, change));
  }
  const diff = { artifact_type: "diff", action: "show", mime: "text/x-diff", body_file: "changes.diff" };
  writer.write("unified-diff", "evidence", diff, (file) => writeDiff(file, changes));
  return writer.entries;
}

function writeBody(file: string, change: FoundChange): void {
  if (!needsBody(change) || change.nowPlace === undefined) return;
  copyFileSync(bytesOf(change.nowPlace), file, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  // The copy has the file's mode, which may forbid its own reading or execute it; the plan's mode is in the document.
  chmodSync(file, 0o600);
  // Something the command left running may have written meanwhile; large files are worth no second look, they are sealed next.
  if ((change.now?.size ?? 0) <= TEXT_BYTES && hashFile(Buffer.from(file)) !== change.now?.sha256)
    throw new CabincrewError("engine_failed", `The file ${change.path} changed after the command had ended.`, {
      next: "Let the command wait for everything it starts.",
    });
}

function isTextChange(change: FoundChange): boolean {
  const [state, place] = change.now ? [change.now, change.nowPlace] : [change.old, change.oldPlace];
  if (state?.kind !== "file" || place === undefined)
    return state?.kind === "symlink" && isText(bytesOf(state.link ?? ""));
  const start = readStart(place, Math.min(state.size ?? 0, TEXT_BYTES));
  return (
    isText(start) ||
    ((state.size ?? 0) > TEXT_BYTES && [1, 2, 3].some((cut) => isText(start.subarray(0, start.length - cut))))
  );
}
