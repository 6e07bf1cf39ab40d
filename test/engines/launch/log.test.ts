import { mkdtempSync, readFileSync } from "node:fs";
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
});
