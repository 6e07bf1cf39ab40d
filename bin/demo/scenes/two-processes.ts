import { readFileSync } from "node:fs";
import path from "node:path";
import { askToHold, letGo, untilHeld } from "../hold.ts";
import { expect, type Scene } from "../scene.ts";

const FILES = { applied: "", "schema.sql": "create table a (id);\n" };
const MIGRATE = "echo 'create table b (id);' >> schema.sql; echo 'migration 2' >> applied";

/** A second process starts while the first one is in the middle of taking off. */
export const twoProcesses: Scene = {
  id: "two-processes",
  title: "Two processes take off with one plan",
  files: FILES,
  async play(stage) {
    const copy = await stage.unguarded(`(${MIGRATE}) & (${MIGRATE}) & wait`);
    const applied = readFileSync(path.join(copy, "applied"), "utf8");
    expect(applied === "migration 2\nmigration 2\n", "The unguarded script did not run twice.");

    const plan = await stage.plan(MIGRATE, { env: ["NODE_OPTIONS"] });
    askToHold(stage.place);
    const first = stage.resumeProcess(plan.run_id);
    await untilHeld(stage.place, first.ended);
    const second = await stage.resumeProcess(plan.run_id).ended;
    letGo(stage.place);
    const { code } = await first.ended;
    expect(code === 0, `The first process ended with ${code}.`);
    expect(second.code === 8 && second.reason === "busy", `The second process ended with ${second.code}.`);
    expect(stage.read("applied") === "migration 2\n", "The migration was not applied exactly once.");
    return {
      without: "both applied it: migration 2 is in the schema 2 times",
      governed: "the first took off (exit 0), the second was refused: applied once",
      reason: second.reason,
      exitCode: second.code,
    };
  },
};
