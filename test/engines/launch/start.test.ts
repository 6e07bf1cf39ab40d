/** Bad input: an engine that cannot be started is refused with the reason a person can act on. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { launchEngine } from "../../../engines/index.ts";
import { fixtureEngine, fixtures, launchOf, scratch } from "./scene.ts";

async function start(file: string, sandbox: "auto" | "off") {
  const engine = { ...(await fixtureEngine("noop")), command: [file] };
  return launchEngine(await launchOf(engine, { sandbox }));
}

function made(name: string, bytes: Buffer | string, mode = 0o755): string {
  const file = path.join(scratch(), name);
  writeFileSync(file, bytes);
  chmodSync(file, mode);
  return file;
}

it.each(["auto", "off"] as const)("says why an engine cannot be executed (sandbox %s)", async (sandbox) => {
  const foreign = Buffer.from(readFileSync("/proc/self/exe").subarray(0, 256));
  foreign.writeUInt16LE(process.arch === "x64" ? 183 : 62, 18);
  const refused = async (file: string, code: string, sentence: string) =>
    await expect(start(file, sandbox)).rejects.toMatchObject({ code, message: expect.stringContaining(sentence) });
  await refused("/no/such/engine", "engine_not_found", "does not exist");
  await refused(fixtures, "engine_not_executable", "not a regular file");
  await refused(made("plain", "#!/bin/sh\n", 0o644), "engine_not_executable", "execute bit is not set");
  await refused(made("foreign", foreign), "engine_not_executable", `and this machine is ${process.arch}`);
  await refused(made("windows", "MZ\u0090"), "engine_not_executable", "Windows program");
  await refused(made("crlf", "#!/bin/sh\r\nexit\r\n"), "engine_not_executable", "carriage return");
  const script = (name: string): string => path.join(fixtures, name);
  await refused(script("no-shebang"), "engine_not_executable", "without a `#!` line");
  await refused(script("missing-interpreter"), "engine_not_executable", '"/no/such/interpreter" does not exist');
  await refused(
    script("missing-env-interpreter"),
    "engine_not_executable",
    "`no-such-interpreter` is not on the search path",
  );
});
