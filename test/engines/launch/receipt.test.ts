/** A3: exactly one valid receipt on stdout, for this engine and this mode; everything else is refused. */
import { expect, it } from "vitest";
import { launchEngine } from "../../../engines/index.ts";
import { launchOf } from "./scene.ts";

it("accepts a valid receipt and reports how it was run", async () => {
  const outcome = await launchEngine(await launchOf("noop"));
  expect(outcome).toMatchObject({ exitCode: 0, sandbox: "none", logBytes: 0, receipt: { status: "success" } });
});

it.each([
  ["empty-receipt", "printed nothing on stdout"],
  ["not-json", "not exactly one JSON document"],
  ["two-documents", "not exactly one JSON document"],
  ["invalid-utf8", "not valid UTF-8"],
  ["wrong-mode", "for another mode: it says take-off"],
  ["wrong-id", "from another engine: it says `somebody-else`"],
  ["unknown-key", "unknown key `surprise`"],
  ["repeated-key", "a key twice in one object"],
  ["infinite", "a number that is too large"],
  ["nested", "nested more than 64 levels deep"],
])("refuses the receipt of %s: %s", async (name, sentence) => {
  await expect(launchEngine(await launchOf(name))).rejects.toMatchObject({
    code: "receipt_invalid",
    message: expect.stringContaining(sentence),
  });
});

it("cuts an endless receipt at the limit instead of keeping it in memory", async () => {
  const launch = await launchOf("endless-stdout");
  const before = process.memoryUsage().rss;
  await expect(
    launchEngine({ ...launch, limits: { ...launch.limits, stdoutBytes: 1024 * 1024 } }),
  ).rejects.toMatchObject({ code: "engine_limit", message: expect.stringContaining("stdout") });
  expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
});

it("cuts an endless log at the limit", async () => {
  await expect(launchEngine(await launchOf("endless-stderr"))).rejects.toMatchObject({
    code: "engine_limit",
    message: expect.stringContaining("stderr"),
  });
});

it.each([
  [{ CODE: "1" }, "failed (exit code 1) in flight-plan: last words"],
  [{ CODE: "1", REPORT: "no such table" }, "failed (exit code 1) in flight-plan: no such table"],
  [{ CODE: "0", REPORT: "no such table" }, "failed (exit code 0) in flight-plan: no such table"],
  [{ CODE: "2" }, "refused its input (exit code 2)"],
  [{ CODE: "7" }, "failed (exit code 7)"],
  [{ CODE: "signal" }, "was killed by SIGKILL"],
])("turns exit %o into engine_failed with its reason", async (env, sentence) => {
  await expect(launchEngine(await launchOf("exits", { env }))).rejects.toMatchObject({
    code: "engine_failed",
    message: expect.stringContaining(sentence),
  });
});
