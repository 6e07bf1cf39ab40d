import { once } from "node:events";
import { mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { commandLine } from "./command-line.ts";
import { blockOf } from "./documents.ts";

describe("the demonstration", () => {
  const cli = commandLine({}, "shipped");
  const temporary = path.join(cli.root, "temporary files");
  mkdirSync(temporary);
  cli.environment["TMPDIR"] = temporary;

  test("prints what the README shows, leaves nothing behind and makes no state of its own", () => {
    const { code, out } = cli.cabincrew("demo");
    expect(out).toBe(blockOf("README.md", "demo").replace("$ npx cabincrew demo\n", ""));
    expect(code).toBe(0);
    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync(cli.root).sort()).toEqual(["temporary files", "workspace"]);
  });

  test("tells programs the same, and keeps its folder when asked to", () => {
    const { code, document } = cli.json("demo", "--keep") as unknown as { code: number; document: Told };
    expect(code).toBe(0);
    expect(document.scenes.map(({ held, reason, exit_code }) => [held, reason, exit_code])).toEqual([
      [true, "token_mismatch", 5],
      [true, "policy_denied", 4],
      [true, null, 0],
      [true, "approval_invalid", 5],
      [true, "busy", 8],
      [true, "workspace_changed", 5],
    ]);
    expect(cli.json("list", "--state-dir", path.join(document.scratch, "state")).document.runs).toHaveLength(7);
  });

  test("says which scene did not hold and exits 1, here because there is no shell to play with", () => {
    const bare = commandLine({}, "shipped");
    bare.environment["PATH"] = "/nonexistent";
    const { code, out } = bare.cabincrew("demo");
    expect(out).toContain("did not hold");
    expect(out).toContain("0 of 6 held");
    expect(code).toBe(1);
  });

  test("leaves nothing behind when it is interrupted", async () => {
    const stopped = commandLine({}, "shipped");
    stopped.environment["TMPDIR"] = stopped.root;
    const child = stopped.start("demo");
    await once(child.stdout, "data");
    child.kill("SIGINT");
    const [code] = await once(child, "exit");
    expect(code).toBe(130);
    expect(readdirSync(stopped.root)).toEqual(["workspace"]);
  });

  test("does not pretend to use a state directory or governance of yours", () => {
    expect(cli.json("demo", "--state-dir", "elsewhere")).toMatchObject({
      code: 2,
      document: { error: { code: "usage" } },
    });
  });
});

interface Told {
  readonly scratch: string;
  readonly scenes: readonly { readonly held: boolean; readonly reason: string | null; readonly exit_code: number }[];
}
