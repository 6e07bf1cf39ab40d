import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { commandLine, type Document } from "./command-line.ts";

describe("policies from the command line", () => {
  const cli = commandLine({ "notes.txt": "one\n" }, "shipped");
  let denied: Document;

  beforeAll(() => {
    denied = cli.json("run", ".", "--", "sh", "-c", "echo x > id_rsa").document;
    expect(denied.decision).toBe("deny");
  });

  test("are listed with what they see, and with their rules when asked", async () => {
    const { document } = await cli.here("policy", "list");
    expect(document).toMatchObject({ source: "default", waivers: [] });
    expect(cli.cabincrew("policy", "list", "--rules").out).toMatch(/default\/workspace\/credential-file +critical/);
  });

  test("explain what they decided, and give the document they saw, which can be judged again", async () => {
    expect(cli.cabincrew("policy", "explain", denied.run_id).out).toMatch(/workspace\/credential-file ×1/);
    expect((await cli.here("policy", "explain", denied.run_id)).document).toMatchObject({ input: { agrees: "same" } });
    const { out } = cli.cabincrew("policy", "explain", denied.run_id, "--input");
    const file = path.join(cli.root, "input.json");
    writeFileSync(file, out);
    expect(cli.json("policy", "eval", "--plan", file)).toMatchObject({ code: 4, document: { decision: "deny" } });
  });

  test("judge a recorded plan and a directory, in every format, by the exit code of the decision", async () => {
    expect(await cli.here("policy", "eval", "--plan", denied.run_id)).toMatchObject({ code: 4 });
    expect(await cli.here("policy", "eval", "--plan", cli.workspace)).toMatchObject({ code: 0 });
    const sarif = cli.cabincrew("policy", "eval", "--plan", denied.run_id, "--format", "sarif");
    expect(JSON.parse(sarif.out).runs[0].results[0].ruleId).toBe("default/workspace/credential-file");
    expect((await cli.here("policy", "eval", "--plan", "no-such.json")).code).toBe(2);
  });

  test("replayed show what would be decided differently, and fail only when asked to", async () => {
    const governance = path.join(cli.root, "other");
    mkdirSync(governance);
    writeFileSync(
      path.join(governance, "governance.json"),
      '{"version":1,"policies":["builtin:kubernetes"],"models":[]}',
    );
    const replay = ["policy", "replay", "--since", "1d", "--governance", governance];
    expect(await cli.here(...replay)).toMatchObject({ code: 0, document: { judged: 1, different: 1, exit_code: 0 } });
    expect(cli.cabincrew(...replay, "--fail-on-difference").code).toBe(1);
    expect(cli.cabincrew(...replay).out).toMatch(/1 run of 1 since .* would be decided differently/);
    expect(cli.cabincrew(...replay, "--format", "markdown").out).toMatch(/\| deny \| allow \| &#45;default/);
    expect((await cli.here("policy", "replay", "--since", "soon")).code).toBe(2);
  });
});
