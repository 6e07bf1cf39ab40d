import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { endingWithParent } from "../../schema/index.ts";

it("a setpriv without the option, as of busybox and of an old util-linux, is left out", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "cabincrew-setpriv-"));
  const old = path.join(directory, "setpriv");
  writeFileSync(old, "--no-new-privs --inh-caps");
  expect([old, path.join(directory, "missing"), undefined].map(endingWithParent)).toEqual([[], [], []]);
  rmSync(directory, { recursive: true });
});

const SETPRIV = "/usr/bin/setpriv";
it.runIf(existsSync(SETPRIV))("that of this machine is used", () => {
  expect(endingWithParent(SETPRIV)).toEqual([SETPRIV, "--pdeathsig", "KILL", "--"]);
});
