import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { bytePath } from "../../../engines/exec/bytes.ts";
import { hashFile } from "../../../engines/exec/changes/content.ts";
import { inWorkspace } from "../../../engines/exec/changes/entry.ts";

it("a file that somebody else takes out of the workspace while the plan is made is told by name, with what to do", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "exec-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const place = bytePath(path.join(directory, "half-written"));
  writeFileSync(path.join(directory, "half-written"), "");
  const read = () => inWorkspace(bytePath("src/half-written"), () => hashFile(place));
  expect(read()).toMatch(/^e3b0c442/);
  rmSync(path.join(directory, "half-written"));
  expect(read).toThrow(
    expect.objectContaining({
      code: "engine_failed",
      message: "The workspace was changed while its plan was made: src/half-written is gone.",
      next: "Run again when nothing else writes there.",
    }),
  );
  expect(() => inWorkspace(place, () => hashFile(bytePath(directory)))).toThrow(/EISDIR/);
});
