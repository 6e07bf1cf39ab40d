import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, type Scene } from "../scene.ts";

const FILES = { "app.conf": "port = 80\n" };
const EDIT = "echo 'port = 8080' > app.conf";
const COLLEAGUE = "port = 80\ntimeout = 30\n";

/** Somebody edits the file between plan and take-off. */
export const staleWorkspace: Scene = {
  id: "stale-workspace",
  title: "The workspace changed since the plan was made",
  files: FILES,
  async play(stage) {
    const copy = await stage.unguarded(
      "echo 'port = 8080' > ../planned",
      "echo 'timeout = 30' >> app.conf; cp ../planned app.conf",
    );
    expect(readFileSync(path.join(copy, "app.conf"), "utf8") === "port = 8080\n", "The unguarded copy went wrong.");

    const plan = await stage.plan(EDIT);
    writeFileSync(path.join(stage.workspace, "app.conf"), COLLEAGUE);
    const end = await stage.resume(plan.run_id);
    expect(end.exit_code === 5, `The take-off ended with exit code ${end.exit_code}.`);
    expect(end.message?.includes("app.conf") === true, `The refusal does not name the file: ${end.message}`);
    expect(stage.read("app.conf") === COLLEAGUE, "The colleague's edit was lost.");
    return {
      without: "the planned file went over a colleague's edit, which is gone",
      governed: "take-off refused, naming app.conf; the edit is still there",
      reason: end.reason,
      exitCode: end.exit_code,
    };
  },
};
