import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { commandLine } from "../../bin/command-line.ts";

describe("before the first run", () => {
  it.each([
    ["list", { runs: [] }],
    ["approvals", { approvals: [] }],
    ["resume", { runs: [], exit_code: 0 }],
  ])("`%s` shows that there is nothing, and makes nothing", (verb, empty) => {
    const cli = commandLine();
    Object.assign(cli.environment, { CABINCREW_STATE_DIR: "", XDG_STATE_HOME: path.join(cli.root, "xdg") });
    expect(cli.json(verb)).toEqual({ code: 0, document: empty });
    expect(existsSync(path.join(cli.root, "xdg"))).toBe(false);
  });

  it.each(["list", "approvals", "resume", "verify", "audit"])(
    "`%s` refuses a directory that was named and is not there, and makes none",
    (verb) => {
      const cli = commandLine();
      const { code, document } = cli.json(verb);
      expect([code, document.error.code]).toEqual([2, "not_found"]);
      expect(existsSync(path.join(cli.root, "state"))).toBe(false);
    },
  );
});
