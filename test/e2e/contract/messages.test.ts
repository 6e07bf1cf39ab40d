import { describe, expect, it } from "vitest";
import { commandLine } from "../../bin/command-line.ts";

describe("a usage error (DESIGN section 8)", () => {
  it.each([
    [["key", "generate"], "cabincrew key generate <name>", "cabincrew key generate --help"],
    [["engine", "check", "exec", "--bogus"], "--bogus for `cabincrew engine check`", "cabincrew engine check --help"],
    [["run", ".", "--format", "xml"], '--format cannot be "xml"', "cabincrew run --help"],
    [["run", ".", "--read", "/no/such/path", "--", "true"], "/no/such/path does not exist", "--read"],
    [["run", ".", "--engine", "exec", "--exclude-ignored"], "--exclude-ignored is about a command", "--config"],
    [["run", ".", "--config", "none.yaml", "--", "true"], "it does not exist (ENOENT)", "--config key=value"],
    [["run", ".", "--config", "/", "--", "true"], "it is a directory (EISDIR)", "--config key=value"],
    [["verify", "--export", "a.txt", "--public-key", "none.pem"], "none.pem", "ledger.pub.pem"],
  ])("of %j names what was typed and says what to do", (argv, message, next) => {
    const cli = commandLine({ "a.txt": "hello\n" });
    const { code, document } = cli.json(...argv);
    expect(code).toBe(2);
    expect(document.error.message).toContain(message);
    expect(document.error.next).toContain(next);
  });
});
