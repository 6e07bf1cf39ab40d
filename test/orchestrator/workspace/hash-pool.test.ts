import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HashPool } from "../../../orchestrator/workspace/hash-pool.ts";
import { hashWorkspace } from "../../../orchestrator/workspace/index.ts";
import { foldTree } from "../../../orchestrator/workspace/merkle.ts";
import { walk } from "../../../orchestrator/workspace/walk.ts";
import { startHashWorker } from "../../../orchestrator/workspace/workers.ts";

const NEVER = Number.POSITIVE_INFINITY;
const AT_ONCE = { manyFiles: 1, coldMs: NEVER, worthMs: NEVER };
const LATER = { manyFiles: NEVER, coldMs: 0, worthMs: 0 };

describe("worker threads that hash", () => {
  let root: string;
  let started: Worker[];
  const at = (name: string) => path.join(root, name);
  const hashThrough = async (start: () => Worker, pace: typeof AT_ONCE) => {
    const pool = new HashPool(() => {
      const worker = start();
      started.push(worker);
      return worker;
    }, pace);
    const { directories } = walk(root, undefined, undefined, pool);
    await pool.finish();
    return foldTree(directories);
  };
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "cabincrew-pool-"));
    started = [];
    for (const directory of ["one", "twö", "one/deep"]) {
      mkdirSync(at(directory));
      for (let i = 0; i < 100; i++) writeFileSync(at(`${directory}/f${i}`), `${directory} ${i}`);
    }
    symlinkSync("f5", at("one/f50-link"));
    mkdirSync(at("one/f6é"));
    writeFileSync(at("big"), Buffer.alloc((5 << 20) + 3, "b"));
    chmodSync(at("one/f7"), 0o755);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it.each([
    ["while files are still found", AT_ONCE],
    ["when what is left takes long", LATER],
  ])("find what the main thread finds, started %s", async (_, pace) => {
    const { hash } = await hashWorkspace(root);
    expect(await hashThrough(startHashWorker, pace)).toBe(hash);
    expect(started.length > 0).toBe(availableParallelism() > 1);
  });

  it.each([
    ["while files are still found", AT_ONCE],
    ["when what is left takes long", LATER],
  ])("leave their work to the main thread when they die, started %s", async (_, pace) => {
    const { hash } = await hashWorkspace(root);
    const dying = () => new Worker("process.exit(1)", { eval: true });
    expect(await hashThrough(dying, pace)).toBe(hash);
  });
});
