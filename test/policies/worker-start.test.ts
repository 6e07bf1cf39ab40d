import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Load, Report } from "../../policies/messages.ts";
import { programFile } from "../../schema/index.ts";

const CACHE = "policies-judging.cache";
const DIGEST_LENGTH = 64;
const built = (name: string) => path.join(path.dirname(programFile("policies-worker")), name);

describe("the thread of policies", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "cabincrew-thread-"));
    mkdirSync(path.join(root, "dist"));
    writeFileSync(path.join(root, "package.json"), "{}");
    for (const name of ["policies-worker.cjs", "policies-judging.cjs"])
      copyFileSync(built(name), path.join(root, "dist", name));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** What the thread says of a pack that is no WebAssembly, with this for its compiled form. */
  const answers = async (cache?: Buffer) => {
    if (cache) writeFileSync(path.join(root, "dist", CACHE), cache);
    const thread = new Worker(path.join(root, "dist", "policies-worker.cjs"), { env: {}, execArgv: [] });
    const load: Load = { wasm: Buffer.from("none"), data: "{}", entrypoints: ["a"], memoryBytes: 1 << 24 };
    thread.postMessage({ id: 7, pack: 0, load });
    const ended = await new Promise<Report>((resolve, reject) => {
      thread.on("message", (report: Report) => report.type === "ended" && resolve(report));
      thread.once("error", reject);
    });
    await thread.terminate();
    return ended;
  };
  const refused = { type: "ended", id: 7, answer: { failure: { code: "wasm_invalid" } } };

  it("is the same with its compiled form, without one, and with one that is another's or damaged", async () => {
    const made = readFileSync(built(CACHE));
    const others = Buffer.concat([Buffer.from("0".repeat(DIGEST_LENGTH)), made.subarray(DIGEST_LENGTH)]);
    const damaged = Buffer.concat([made.subarray(0, DIGEST_LENGTH), Buffer.alloc(made.length, "x")]);
    const empty = Buffer.alloc(0);
    for (const cache of [undefined, made, others, damaged, made.subarray(0, DIGEST_LENGTH), empty])
      expect(await answers(cache)).toMatchObject(refused);
  });
});
