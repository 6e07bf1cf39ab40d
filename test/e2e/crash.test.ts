import { once } from "node:events";
import { chmodSync, cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { beforeAll, describe, expect, test } from "vitest";
import { commandLine } from "../bin/command-line.ts";
import { treeOf } from "../orchestrator/drive/tree.ts";

const SCRIPT = "for i in $(seq 200); do echo $i > new-$i; done; rm old; echo more >> kept";
const EDIT = ["sh", "-c", SCRIPT] as const;

const workspace = () => commandLine({ old: "old\n", kept: "kept\n" });

/** Starts the program, and sends it a signal once a line of its output holds `text`. */
async function signalled(
  cli: ReturnType<typeof commandLine>,
  text: string,
  signal: NodeJS.Signals,
  argv: readonly string[],
) {
  const child = cli.start(...argv);
  let sent = false;
  const look = (line: string) => {
    if (!sent && line.includes(text)) sent = child.kill(signal);
  };
  createInterface({ input: child.stdout }).on("line", look);
  createInterface({ input: child.stderr }).on("line", look);
  const [code, by] = await once(child, "close");
  expect(sent).toBe(true);
  return { code, by };
}

/** A shell engine that, in take-off, makes its effect outside of the workspace and then waits. */
function waitingEngine(cli: ReturnType<typeof commandLine>): string {
  const engine = path.join(cli.root, "waiting");
  const receipt = `printf '{"protocol_version":"draft","engine_id":"waiting","mode":"%s","receipt_id":"r","status":"success"}' "$CABINCREW_MODE"`;
  const effect = `echo effect >> ${cli.root}/effects; echo waiting >&2; sleep 300`;
  writeFileSync(engine, `#!/bin/sh\n[ "$CABINCREW_MODE" = take-off ] && { ${effect}; }\n${receipt}\n`);
  chmodSync(engine, 0o755);
  return engine;
}

describe("cabincrew killed by SIGKILL", () => {
  let unbroken: readonly string[];

  beforeAll(() => {
    const cli = workspace();
    expect(cli.json("run", ".", "--", ...EDIT).code).toBe(0);
    unbroken = treeOf(cli.workspace);
  });

  test.each(["PLAN_RUNNING", "PRE_FLIGHT_RUNNING", "TAKEOFF_RUNNING"])(
    "at %s: resume leaves the very tree that an unbroken run leaves",
    async (state) => {
      const cli = workspace();
      await signalled(cli, `"${state}"`, "SIGKILL", ["run", ".", "--events", "--", ...EDIT]);
      expect(cli.json("resume", "--all").code).toBe(0);
      expect(treeOf(cli.workspace)).toEqual(unbroken);
      expect(cli.json("verify")).toMatchObject({ code: 0, document: { ok: true } });
    },
  );
});

/** Governance whose one policy allows every plan. */
function allowEverything(directory: string): void {
  const fixture = path.join(import.meta.dirname, "..", "fixtures", "policies", "shapes");
  cpSync(fixture, path.join(directory, "one"), { recursive: true });
  const file = path.join(directory, "one", "pack.json");
  const manifest = { ...JSON.parse(readFileSync(file, "utf8")), id: "one", entrypoints: ["shapes/allowed"] };
  writeFileSync(file, JSON.stringify(manifest));
  writeFileSync(path.join(directory, "governance.json"), JSON.stringify({ version: 1, policies: ["one"], models: [] }));
}

describe("cabincrew ended in the middle of take-off", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGKILL", null],
  ] as const)("by %s: the outcome is unknown (9) until somebody says it", async (signal, exit) => {
    const cli = workspace();
    const governance = path.join(cli.root, "governance");
    allowEverything(governance);
    const options = ["--governance", governance, "--sandbox", "off"];
    const argv = ["run", ".", "--events", "--engine", waitingEngine(cli), ...options];
    expect((await signalled(cli, "waiting", signal, argv)).code).toBe(exit);
    const resume = () => cli.json("resume", "--governance", governance);
    const { code, document } = resume();
    expect([code, document.state, document.reason]).toEqual([9, "TAKEOFF_UNKNOWN", "takeoff_unknown"]);
    expect(resume().code).toBe(9);
    expect(cli.json("retry", document.run_id).document.error.code).toBe("state_conflict");
    const resolved = cli.json("resolve", document.run_id, "--applied", "--comment", "looked", ...options.slice(0, 2));
    expect(resolved).toMatchObject({ code: 0, document: { state: "COMPLETED" } });
    expect(readFileSync(path.join(cli.root, "effects"), "utf8")).toBe("effect\n");
  });
});

test("a run that another process drives is busy (8), and free again when that process is gone", async () => {
  const cli = workspace();
  const child = cli.start("run", ".", "--events", "--", "sh", "-c", "echo begun >&2; sleep 300");
  await new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => line.includes('"begun"') && resolve());
  });
  const [run] = cli.json("list").document.runs;
  expect(cli.json("resume", run?.run_id ?? "")).toMatchObject({ code: 8, document: { error: { code: "busy" } } });
  expect(cli.json("cancel", run?.run_id ?? "").code).toBe(8);
  child.kill("SIGKILL");
  await once(child, "close");
  expect(cli.json("cancel", run?.run_id ?? "").document.state).toBe("CANCELLED");
  expect(existsSync(path.join(cli.root, "state", "runs", run?.run_id ?? ""))).toBe(false);
});
