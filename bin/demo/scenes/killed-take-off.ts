import { readFileSync } from "node:fs";
import path from "node:path";
import { askToHold, killHeld, untilHeld } from "../hold.ts";
import { expect, type Scene } from "../scene.ts";

const NAMES = ["de", "en", "es", "fr", "it"];
const FILES = Object.fromEntries(NAMES.map((name) => [`prices/${name}.txt`, "book 10\n"]));
const RAISE = "for file in prices/*.txt; do echo 'pen 2' >> $file; done";
const KILLED = "for file in prices/*.txt; do echo 'pen 2' >> $file; [ $file = prices/es.txt ] && kill -9 $$; done";

/** kill -9 when the first of five files is written; then resume. Planning turned "add a line" into exact contents. */
export const killedTakeOff: Scene = {
  id: "killed-take-off",
  title: "kill -9 in the middle of take-off",
  files: FILES,
  async play(stage) {
    const copy = await stage.unguarded(KILLED, RAISE);
    const twice = counts((file) => readFileSync(path.join(copy, file), "utf8")).filter((count) => count === 2);
    expect(twice.length === 3, "The unguarded script was not killed half way.");

    const plan = await stage.plan(RAISE, { env: ["NODE_OPTIONS"] });
    askToHold(stage.place);
    const driver = stage.resumeProcess(plan.run_id);
    await untilHeld(stage.place, driver.ended);
    const written = counts(stage.read).filter((count) => count === 1).length;
    expect(written > 0 && written < NAMES.length, `${written} files were written when the kill came.`);
    driver.kill();
    killHeld(stage.place);
    expect((await driver.ended).code === "SIGKILL", "The process was not killed.");

    const end = await stage.resume(plan.run_id);
    expect(end.state === "COMPLETED", `The resumed run is ${end.state} (${end.reason}).`);
    const once = NAMES.filter((name) => stage.read(`prices/${name}.txt`) === "book 10\npen 2\n");
    expect(once.length === NAMES.length, `Only ${once.length} files are as planned.`);
    return {
      without: "killed and run again: 3 of 5 files got the new line twice",
      governed: `killed after ${written} of 5 files, resumed: 5 of 5 as planned, byte for byte`,
      reason: end.reason,
      exitCode: end.exit_code,
    };
  },
};

/** How often each file has the new line. */
function counts(read: (file: string) => string): readonly number[] {
  return NAMES.map((name) => read(`prices/${name}.txt`).split("pen 2\n").length - 1);
}
