import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bubblewrapArguments, findBubblewrap } from "../../models/bubblewrap.ts";
import { startModelJudge } from "../../models/index.ts";
import { ModelProcess, type ModelProcessOptions } from "../../models/process.ts";
import { fileArtifact, fixturePack, judgeLines, preflightInput } from "./input.ts";

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), "cabincrew-models-"));
});
afterAll(() => rm(scratch, { recursive: true }));

const bubblewrap = findBubblewrap();
/** Runs a script in the sandbox; undefined where bubblewrap does not work on this machine. */
function inSandbox(script: string, hide: readonly string[] = [], readable: readonly string[] = []) {
  if (bubblewrap === undefined) return undefined;
  const command = [process.execPath, "-e", `console.log(JSON.stringify(${script}))`];
  const args = bubblewrapArguments([process.execPath, ...readable], hide, command);
  const { status, stdout } = spawnSync(bubblewrap, args, { encoding: "utf8", env: { LEAK: "1" } });
  return status === 0 ? JSON.parse(stdout) : undefined;
}
const sandboxWorks = inSandbox("1") === 1;

function start(options: Partial<ModelProcessOptions>): ModelProcess {
  return new ModelProcess({ sandbox: "auto", bubblewrap: undefined, hide: [], memoryBytes: 2 ** 30, ...options });
}

/** What becomes of the process without its input, without its answers, without what it says of itself. */
const OUTCOMES = [
  { value: expect.anything() },
  { failure: { code: "crashed", sentence: expect.stringContaining("cannot be heard (EIO)") } },
  { value: expect.anything() },
];

async function brokenBubblewrap(
  script = "echo 'bwrap: no permission to create a namespace' >&2\nexit 1",
): Promise<string> {
  const file = path.join(await mkdtemp(path.join(scratch, "broken-")), "bwrap");
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

/** Direct children of this process, by Linux's own account. */
function children(): string[] {
  return readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").split(" ").filter(Boolean);
}

/** Ended, be it that nobody has asked yet how. */
function isGone(pid: string): boolean {
  try {
    return / [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return true;
  }
}

describe("the model process", () => {
  test("killed while it scores: the plan is denied, nothing is tried again", async () => {
    const before = new Set(children());
    const verdict = judgeLines("slow", ["a"]);
    const [child] = children().filter((pid) => !before.has(pid));
    process.kill(Number(child), "SIGKILL");
    expect(await verdict).toMatchObject({
      decision: "deny",
      failure: "crashed",
      reason: expect.stringContaining("SIGKILL"),
    });
  });

  test("idle, it does not keep the orchestrator alive; closed, it is gone", async () => {
    const wraps = () => process.getActiveResourcesInfo().filter((name) => /^(Process|Pipe)Wrap$/.test(name)).length;
    // Those of earlier tests may still be going.
    const before = wraps();
    const limits = { timeoutMs: 60_000, memoryBytes: 2 ** 30 };
    const judge = startModelJudge([{ directory: fixturePack("loudest") }], limits, { sandbox: "off" });
    expect(wraps()).toBeLessThanOrEqual(before);
    await judge.judge(preflightInput(fileArtifact("a.txt", ["a"])));
    expect(wraps()).toBeLessThanOrEqual(before);
    await judge.close();
  });

  test.runIf(existsSync("/usr/bin/prlimit"))(
    "has no environment, writes no core file, and the kernel bounds its memory",
    async () => {
      const models = start({ sandbox: "off", memoryBytes: 2 ** 29 });
      models.hold();
      expect(await models.ready).toHaveProperty("value");
      const of = (name: string) => readFileSync(`/proc/${models.pid}/${name}`, "utf8");
      expect(of("environ")).toBe("");
      expect(of("limits")).toMatch(/Max core file size\s+0\s/);
      expect(of("limits")).toMatch(new RegExp(`Max data size\\s+${2 ** 29 + 3 * 2 ** 28}\\s`));
      models.fail({ code: "crashed", sentence: "end of test" });
    },
  );

  test.each([0, 1, 2])(
    "a pipe to it that breaks (%i) is a failure, or none, but never an uncaught error",
    async (index) => {
      const sockets = () =>
        (Reflect.get(process, "_getActiveHandles")() as unknown[]).filter((one) => one instanceof Socket);
      const before = new Set(sockets());
      const models = start({ sandbox: "off" });
      models.hold();
      const pipe = sockets().filter((socket) => !before.has(socket))[index];
      pipe?.destroy(new Error("EIO"));
      expect(pipe).toBeDefined();
      expect(await models.ready).toMatchObject(OUTCOMES[index] ?? {});
      models.fail({ code: "crashed", sentence: "end of test" });
    },
  );

  test("ends by itself when its input ends", async () => {
    const program = path.join(import.meta.dirname, "..", "..", "dist", "models-child.cjs");
    const { status, stdout } = spawnSync(process.execPath, [program], { input: "", env: {} });
    expect(status).toBe(0);
    expect(stdout.toString()).toContain('{"id":0}');
  });

  test("a bubblewrap that does not work is done without when the sandbox is optional", async () => {
    const models = start({ bubblewrap: await brokenBubblewrap() });
    models.hold();
    // Asked before anybody can know that it has to be started again: the second process is told what the first was told.
    const asked = models.request({ type: "score" });
    expect(await models.ready).toHaveProperty("value");
    expect(models.sandbox).toBe("none");
    expect(await asked.answer).toMatchObject({ failure: { sentence: "the model was never loaded" } });
    models.fail({ code: "crashed", sentence: "end of test" });
  });

  test("a bubblewrap that somebody killed is not done without: that says nothing about it", async () => {
    const models = start({ bubblewrap: await brokenBubblewrap("kill -KILL $$") });
    models.hold();
    expect(await models.ready).toMatchObject({ failure: { code: "sandbox_unavailable" } });
  });

  test("what bubblewrap leaves behind when it is ended ends with it", async () => {
    const noted = path.join(scratch, "left-behind");
    const models = start({ bubblewrap: await brokenBubblewrap(`sleep 300 &\necho $! > ${noted}\nwait`) });
    const left = () => (existsSync(noted) ? readFileSync(noted, "utf8").trim() : "");
    await expect.poll(left).toMatch(/^\d+$/);
    expect(existsSync(`/proc/${left()}/exe`)).toBe(true);
    models.fail({ code: "crashed", sentence: "end of test" });
    await expect.poll(() => isGone(left())).toBe(true);
  });

  test("a required sandbox that does not work is a failure that says why", async () => {
    const models = start({ sandbox: "required", bubblewrap: await brokenBubblewrap() });
    models.hold();
    expect(await models.ready).toMatchObject({
      failure: {
        code: "sandbox_unavailable",
        sentence: expect.stringContaining("no permission to create a namespace"),
      },
    });
  });

  test("a required sandbox without bubblewrap is a failure", async () => {
    expect(await start({ sandbox: "required" }).ready).toMatchObject({ failure: { code: "sandbox_unavailable" } });
  });
});

describe.runIf(sandboxWorks)("the sandbox", () => {
  test("scores are the same inside and outside, and the evidence says where", async () => {
    const outside = await judgeLines("loudest", ["é"], {}, { sandbox: "off" });
    const inside = await judgeLines("loudest", ["é"], {}, { sandbox: "required" });
    expect(inside).toEqual({ ...outside, evidence: { ...outside.evidence, sandbox: "bubblewrap" } });
  });

  test("a model that wants too much memory or time is stopped in there too", async () => {
    const sandbox = { sandbox: "required" } as const;
    const evaluations = await Promise.all([
      judgeLines("greedy", ["a"], { memoryBytes: 300 * 1024 ** 2 }, sandbox),
      judgeLines("slow", ["a"], { timeoutMs: 400 }, sandbox),
    ]);
    expect(evaluations.map(({ failure }) => failure)).toEqual(["memory_limit", "timeout"]);
  });

  test("there is no home, no shell, no user database, no network, no environment and nothing to write to", () => {
    const fs = 'require("fs")';
    const write = `["/", "/usr/lib", "/etc"].filter((d) => { try { ${fs}.writeFileSync(d + "/x", ""); return true; } catch { return false; } })`;
    const exists = `["/root", "/home", "/bin/sh", "/etc/passwd", "/proc/1", ${JSON.stringify(scratch)}].filter((p) => ${fs}.existsSync(p))`;
    const network = 'Object.keys(require("os").networkInterfaces()).filter((name) => name !== "lo")';
    const leaked = 'Object.keys(process.env).filter((name) => name !== "PWD")';
    expect(inSandbox(`[${write}, ${exists}, ${network}, ${leaked}]`)).toEqual([[], [], [], []]);
  });

  test("a directory to hide is empty even below one that is bound", async () => {
    const state = await mkdtemp(path.join(scratch, "state-"));
    await writeFile(path.join(state, "cabincrew.db"), "");
    const list = `require("fs").readdirSync(${JSON.stringify(state)})`;
    expect(inSandbox(list, [], [scratch])).toEqual(["cabincrew.db"]);
    expect(inSandbox(list, [state], [scratch])).toEqual([]);
  });
});
