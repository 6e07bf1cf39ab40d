import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isLiving } from "../../../engines/launch/processes.ts";
import { probeBubblewrap } from "../../../engines/sandbox/find.ts";

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(path.join(os.tmpdir(), "cabincrew-find-"));
});
afterAll(() => rmSync(scratch, { recursive: true }));

function program(name: string, text: string): string {
  const file = path.join(scratch, name);
  writeFileSync(file, text, { mode: 0o755 });
  return file;
}

describe("the probe of bubblewrap", () => {
  it("says no where it is refused what it needs", async () => {
    expect(await probeBubblewrap(program("refused", "#!/bin/sh\nexit 1\n"))).toBe(false);
  });

  it("says no where it cannot be executed on this machine", async () => {
    expect(await probeBubblewrap(program("garbage", "\x7fELF of another machine"))).toBe(false);
    expect(await probeBubblewrap(path.join(scratch, "missing"))).toBe(false);
  });

  it("leaves nothing running where it gave up half-way", async () => {
    const noted = path.join(scratch, "pid");
    const halfway = program("halfway", `#!/bin/sh\nsleep 1000 &\necho $! > ${noted}\nexit 1\n`);
    expect(await probeBubblewrap(halfway)).toBe(false);
    const left = Number(readFileSync(noted, "utf8"));
    await expect.poll(() => isLiving(left)).toBe(false);
  });

  it("says nothing where it was ended from outside: a run must not lose its sandbox by that", async () => {
    const killed = program("killed", "#!/bin/sh\nkill -KILL $$\n");
    await expect(probeBubblewrap(killed)).rejects.toMatchObject({ code: "sandbox_unavailable" });
  });
});
