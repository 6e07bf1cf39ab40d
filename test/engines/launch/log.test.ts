import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openLog } from "../../../engines/launch/log.ts";
import { redactor } from "../../../engines/launch/redact.ts";

describe("an engine's log", () => {
  it("has every line of a burst in the file, and shows the last ones only", () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), "cabincrew-log-")), "log");
    const shown: string[] = [];
    const log = openLog(file, redactor([]), (line) => shown.push(line));
    const burst = Array.from({ length: 5000 }, (_, index) => `line ${index}\n`).join("");
    log.write(Buffer.from(burst));
    log.close();
    expect(readFileSync(file, "utf8")).toBe(burst);
    expect([shown.length, shown.at(-1)]).toEqual([200, "line 4999"]);
  });

  it("goes into a file of its own, whatever was put in its place", () => {
    const scratch = mkdtempSync(path.join(tmpdir(), "cabincrew-log-"));
    const [file, other] = [path.join(scratch, "log"), path.join(scratch, "other")];
    const plants = {
      link: () => symlinkSync(other, file),
      "link to nothing": () => symlinkSync(path.join(scratch, "nothing"), file),
      "hard link": () => linkSync(other, file),
      directory: () => mkdirSync(path.join(file, "below"), { recursive: true }),
    };
    for (const [what, plant] of Object.entries(plants)) {
      writeFileSync(other, "somebody's\n");
      plant();
      const log = openLog(file, redactor([]));
      log.write(Buffer.from("said\n"));
      log.close();
      expect([lstatSync(file).isFile(), readFileSync(file, "utf8")], what).toEqual([true, "said\n"]);
      expect(readFileSync(other, "utf8"), what).toBe("somebody's\n");
      expect(existsSync(path.join(scratch, "nothing")), what).toBe(false);
      rmSync(file);
    }
  });
});
