import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { bytePath } from "../../../engines/exec/bytes.ts";
import { hashFile, readStart } from "../../../engines/exec/changes/content.ts";
import { namesIn, readingWorkspace, targetOf } from "../../../engines/exec/changes/entry.ts";

it("whatever somebody else takes out of the workspace while the plan is made is told by name, with what to do", () => {
  const workspace = mkdtempSync(path.join(tmpdir(), "exec-"));
  onTestFinished(() => rmSync(workspace, { recursive: true, force: true }));
  const [file, elsewhere] = [path.join(workspace, "half-written"), `${workspace}-elsewhere`].map(bytePath) as [
    string,
    string,
  ];
  const readings = [hashFile, (place: string) => readStart(place, 1), targetOf, namesIn];
  writeFileSync(file, "");
  expect(readingWorkspace(workspace, () => hashFile(file))).toMatch(/^e3b0c442/);
  rmSync(file);
  for (const read of readings) {
    expect(() => readingWorkspace(workspace, () => read(file))).toThrow(
      expect.objectContaining({
        code: "engine_failed",
        message: "The workspace was changed while its plan was made: half-written is gone.",
        next: "Run again when nothing else writes there.",
      }),
    );
    expect(() => readingWorkspace(workspace, () => read(elsewhere))).toThrow(/ENOENT/);
  }
  expect(() => readingWorkspace(workspace, () => hashFile(bytePath(workspace)))).toThrow(/EISDIR/);
});
