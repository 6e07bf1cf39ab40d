import { spawnSync } from "node:child_process";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../../schema/index.ts";
import { commandLine, type Document } from "../../bin/command-line.ts";

/** The program as a shell starts it, on bytes and in places that this process could not pass on. */
function fromShell(script: string) {
  const cli = commandLine();
  const program = path.join(packageRoot(), "bin", "cabincrew.cjs");
  const done = spawnSync("sh", ["-c", script, "sh", process.execPath, program], {
    cwd: cli.workspace,
    env: cli.environment,
    encoding: "utf8",
  });
  return { code: done.status, error: (JSON.parse(done.stdout) as Document).error };
}

describe("what cannot be understood as it was meant is refused", () => {
  it.each([
    ["an argument whose bytes are not UTF-8", '"$@" run . --json -- touch "$(printf "f\\377")"', "not UTF-8"],
    ["a directory that is gone", 'mkdir gone; cd gone; rmdir ../gone; "$@" list --json', "does not exist any more"],
  ])("%s", (_what, script, message) => {
    const { code, error } = fromShell(script);
    expect([code, error.code]).toEqual([2, "usage"]);
    expect(error.message).toContain(message);
  });
});

describe("a usage error (DESIGN section 8)", () => {
  it.each([
    [["key", "generate"], "cabincrew key generate <name>", "cabincrew key generate --help"],
    [["engine", "check", "exec", "--bogus"], "--bogus for `cabincrew engine check`", "cabincrew engine check --help"],
    [["run", ".", "--format", "xml"], '--format cannot be "xml"', "cabincrew run --help"],
    [["run", ".", "--read", "/no/such/path", "--", "true"], "/no/such/path does not exist", "--read"],
    [["run", ".", "--engine", "exec", "--exclude-ignored"], "--exclude-ignored is about a command", "--config"],
    [["run", ".", "--config", "none.yaml", "--", "true"], "it does not exist (ENOENT)", "--config key=value"],
    [["run", ".", "--config", "/", "--", "true"], "it is a directory (EISDIR)", "--config key=value"],
    [["policy", "eval", "--plan", "/dev/zero"], "neither a file nor a pipe", "a preflight document"],
    [["list", "--limit", "99999999999999999999"], "--limit needs a whole number", "cabincrew --help"],
    [["approvals", "--before", "yesterday!"], "--before needs a run id", "the page before"],
    [["policy", "eval"], "--plan must be given", "cabincrew policy eval --help"],
    [["policy", "eval", "--plan", "none.json"], "it does not exist (ENOENT)", "a document that exists"],
    [["engine", "check", "exec", "--workspace", "a.txt"], "a.txt: it is not a directory", "an existing directory"],
    [["policy", "list", "--governance", "none"], "none does not exist", "an existing directory"],
    [["verify", "--export", "a.txt", "--public-key", "none.pem"], "none.pem", "ledger.pub.pem"],
  ])("of %j names what was typed and says what to do", async (argv, message, next) => {
    const cli = commandLine({ "a.txt": "hello\n" });
    const { code, document } = await cli.here(...argv);
    expect([code, document.exit_code]).toEqual([2, 2]);
    expect(document.error.message).toContain(message);
    expect(document.error.next).toContain(next);
  });
});
