/** A3, A16: what an engine is given, and what it is not. */
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { launchEngine } from "../../../engines/index.ts";
import { redactor } from "../../../engines/launch/redact.ts";
import { closeStreams, openStreams } from "../../../engines/launch/streams.ts";
import { fixtureEngine, launchOf } from "./scene.ts";

const SECRET = "hunter2-correct-horse";

it("gives the input on stdin, the mode as an argument and an environment built from nothing", async () => {
  const launch = await launchOf("echo-input", { env: { MAPPED: "yes" } });
  const input = { ...launch.input, secrets: { TOKEN: SECRET } };
  const { receipt } = await launchEngine({ ...launch, input });
  const given = receipt.diagnostics as Record<string, unknown>;
  expect(given).toMatchObject({ argv: "--mode flight-plan", input });
  const names = String(given["env"]).trim().split(" ");
  expect(names.filter((name) => !["PWD", "OLDPWD", "SHLVL", "_"].includes(name))).toEqual([
    "CABINCREW_ARTIFACTS_DIR",
    "CABINCREW_MODE",
    "CABINCREW_OUTPUT_DIR",
    "CABINCREW_RUN",
    "CABINCREW_TEMP_DIR",
    "CABINCREW_WORKSPACE",
    "HOME",
    "LANG",
    "MAPPED",
    "PATH",
    "TMPDIR",
  ]);
});

it.runIf(process.platform === "linux")(
  "holds the input in a file that never had a name, which a kill would leave",
  async () => {
    const { tempDir } = await launchOf("echo-input");
    const input = `{"secrets":{"TOKEN":"${SECRET}"}}`;
    const streams = await openStreams(tempDir, input, Promise.resolve(undefined));
    const [stdin] = streams.child;
    // The kernel's name for what was never linked into a directory.
    expect(readlinkSync(`/proc/self/fd/${stdin}`)).toMatch(/\/#\d+ \(deleted\)$/);
    expect(readFileSync(Number(stdin), "utf8")).toBe(input);
    expect(() => writeSync(Number(stdin), "more")).toThrow("EBADF");
    closeStreams(streams);
    expect(readdirSync(tempDir)).toEqual([]);
  },
);

it("gives the input in a private file when the manifest says so, and removes it afterwards", async () => {
  const launch = await launchOf(await fixtureEngine("echo-input", { input: "file" }));
  const { receipt } = await launchEngine(launch);
  expect(receipt.diagnostics).toMatchObject({ input: launch.input, mode: "600" });
  expect(readdirSync(launch.tempDir)).toEqual([]);
});

it("does not mind an engine that never reads an input larger than a pipe", async () => {
  const launch = await launchOf("noop");
  const input = { ...launch.input, config: { padding: "x".repeat(1024 * 1024) } };
  await expect(launchEngine({ ...launch, input })).resolves.toMatchObject({ exitCode: 0 });
});

it.each(["auto", "off"] as const)("lets an engine open its standard streams by name (sandbox %s)", async (sandbox) => {
  const launch = await launchOf("streams-by-name", { sandbox });
  await expect(launchEngine(launch)).resolves.toMatchObject({ exitCode: 0 });
  expect(readFileSync(launch.logFile, "utf8")).toBe("by name\n");
});

it("redacts secrets in the log, its lines and the receipt, also in pieces and encoded", async () => {
  const lines: string[] = [];
  const launch = await launchOf("leaks", { secretValues: [SECRET] });
  const onLogLine = (line: string): void => {
    lines.push(line);
    if (line === "begin") writeFileSync(path.join(launch.tempDir, "go"), "go");
  };
  const { receipt } = await launchEngine({ ...launch, onLogLine });
  const log = readFileSync(launch.logFile, "utf8");
  expect(log).toContain("start ***\n");
  expect(log).not.toMatch(/hunter2|aHVudGVyMi1|h1bnRlcjI/);
  expect(receipt.warnings).toEqual(["token ***"]);
  expect(lines[1]).toBe("start ***");
  expect(lines.at(-1)).toBe("red end");
});

it("redacts whatever the chunks are", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30 })), (sizes) => {
      const text = Buffer.from(`a ${SECRET} ${Buffer.from(SECRET).toString("base64")} hunter2-${SECRET} hunter`);
      const stream = redactor([SECRET]).stream();
      const out: Buffer[] = [];
      let offset = 0;
      for (const size of [...sizes, text.length]) {
        out.push(stream.push(text.subarray(offset, offset + size)));
        offset += size;
      }
      out.push(stream.end());
      const shown = Buffer.concat(out).toString();
      expect(shown.startsWith("a *** ***")).toBe(true);
      expect(shown.endsWith(" hunter2-*** hunter")).toBe(true);
    }),
  );
});

it("finds a secret encoded at any place of a longer text, escaped in JSON or line by line", () => {
  const secret = 'first line of a "key"\nsecond line of a key';
  const { text } = redactor([secret, SECRET]);
  for (const before of ["", "u", "us", "user"]) {
    const encoded = text(Buffer.from(`${before}${SECRET}!`).toString("base64"));
    expect(encoded).toContain("***");
    expect(Buffer.from(encoded, "base64").toString("latin1")).not.toContain("correct-horse");
  }
  expect(text(JSON.stringify(secret))).toBe('"***"');
  expect(text("second line of a key")).toBe("***");
});

it("leaves nothing but the log behind", async () => {
  const launch = await launchOf("noop");
  await launchEngine(launch);
  expect(existsSync(launch.processFile)).toBe(false);
});

it("an engine that knows secrets leaves no core file with them", async () => {
  const launch = await launchOf("core-limit", { secretValues: ["correct-horse"] });
  await launchEngine(launch);
  expect(readFileSync(launch.logFile, "utf8")).toBe("core 0\n");
});
