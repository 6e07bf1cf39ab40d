import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { auditLines, readLog, resumeRun, startRun } from "../../../orchestrator/index.ts";
import { crewOf, effects, failedWith, govern, newPlace, type Place, refusal, request, watch } from "./crew-fixture.ts";
import { drive } from "./driver.ts";

const VALUE = "correct-horse-battery-staple";
const PERMISSIONS = {
  network: false,
  env: [],
  secrets: [{ name: "TOKEN", source: { kind: "env", variable: "MY_TOKEN" } }],
  read: [],
  write: [],
} as const;

function leaking(place: Place, leak: string, further: Record<string, string | boolean> = {}) {
  const config = { target: "src/main.txt", text: "new\n", counter: place.counter, leak, ...further };
  return request(place, "engine", config, { permissions: PERMISSIONS });
}

async function scene() {
  const place = newPlace();
  const governanceDir = govern(place, "allowed");
  return { place, governanceDir, crew: await crewOf(place, { governanceDir, environment: { MY_TOKEN: VALUE } }) };
}

/** Files of the state directory that hold the value, plain or as base64, in their name or content. */
function filesHolding(place: Place): string[] {
  const needles = [VALUE, Buffer.from(VALUE).toString("base64").replace(/=+$/, "")];
  const holds = (text: string) => needles.some((needle) => text.includes(needle));
  return readdirSync(place.stateDir, { recursive: true, withFileTypes: true })
    .filter((entry) => holds(entry.name) || (entry.isFile() && holds(contentOf(entry))))
    .map((entry) => entry.name);
}

const contentOf = (entry: { readonly parentPath: string; readonly name: string }) =>
  readFileSync(path.join(entry.parentPath, entry.name), "latin1");

describe("the value of a mapped secret", () => {
  it.each(["body", "base64", "base64 of more", "hex", "name"])(
    "in an artifact (%s) ends the run before a byte of it is stored",
    async (leak) => {
      const { place, crew } = await scene();
      const report = failedWith("artifact_invalid", await startRun(crew, leaking(place, leak)));
      expect(report.message).toContain("TOKEN");
      expect(JSON.stringify(report)).not.toContain(VALUE);
      expect([filesHolding(place), effects(place)]).toEqual([[], 0]);
    },
  );

  it("on stderr is replaced in what is shown, in the log and in what is stored", async () => {
    const { place, crew } = await scene();
    const seen = watch();
    const report = await startRun(crew, leaking(place, "stderr"), seen);
    expect(report.state).toBe("COMPLETED");
    expect(seen.lines).toContainEqual(expect.stringMatching(/^the secret is \*{3}, or \*{3}\S{0,3}$/));
    let log = "";
    for await (const chunk of readLog(crew, report.run_id)) log += chunk;
    expect(log).toContain("the secret is ***");
    expect([log.includes(VALUE), filesHolding(place)]).toEqual([false, []]);
  });

  it("in a receipt is replaced before the receipt is recorded", async () => {
    const { place, crew } = await scene();
    const report = await startRun(crew, leaking(place, "receipt"));
    expect(report.state).toBe("COMPLETED");
    let audit = "";
    for await (const line of auditLines(crew, { format: "ndjson", run: report.run_id })) audit += line;
    expect([audit.includes("***"), audit.includes(VALUE), filesHolding(place)]).toEqual([true, false, []]);
  });

  it("is not left behind by a driver that was killed", async () => {
    const { place, governanceDir, crew } = await scene();
    const release = path.join(place.root, "release");
    const { runId, signal } = await drive(place, {
      call: "startRun",
      argument: leaking(place, "stderr", { hold: "flight-plan", release }),
      die: { line: "holding in flight-plan" },
      governanceDir,
      environment: { MY_TOKEN: VALUE },
    });
    expect([signal, filesHolding(place)]).toEqual(["SIGKILL", []]);
    writeFileSync(release, "");
    expect(await resumeRun(crew, runId)).toMatchObject({ state: "COMPLETED" });
    expect(filesHolding(place)).toEqual([]);
  });

  it.each([
    ["in its config", (place: Place) => leaking(place, "", { text: `Authorization: ${VALUE}` })],
    ["encoded", (place: Place) => leaking(place, "", { text: Buffer.from(`user:${VALUE}`).toString("base64") })],
    [
      "in its command",
      (place: Place) => ({ ...leaking(place, ""), engine: { command: ["curl", "-u", VALUE] }, config: {} }),
    ],
  ])("is refused in a request %s, which would be recorded", async (_where, asked) => {
    const { place, crew } = await scene();
    const error = await refusal("config_invalid", startRun(crew, asked(place)));
    expect([error.message.includes("TOKEN"), JSON.stringify(error).includes(VALUE)]).toEqual([true, false]);
    expect([await crew.store.open(), filesHolding(place)]).toEqual([[], []]);
  });

  it("that is missing is refused before anything runs, and keeps a run resumable that needs it again", async () => {
    const { place, governanceDir, crew } = await scene();
    const poor = await crewOf(place, { governanceDir });
    const error = await refusal("secret_missing", startRun(poor, leaking(place, "")));
    expect([error.exitCode, error.message.includes("MY_TOKEN")]).toEqual([2, true]);
    expect(await poor.store.open()).toEqual([]);
    const plan = await startRun(crew, { ...leaking(place, ""), planOnly: true });
    await refusal("secret_missing", resumeRun(poor, plan.run_id));
    expect(await resumeRun(crew, plan.run_id)).toMatchObject({ state: "COMPLETED" });
  });
});
