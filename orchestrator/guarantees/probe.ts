/** Installs the engine of the attacks (probe/program.ts) as a named engine of a scratch configuration directory. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { programFile } from "../../schema/index.ts";

export const PROBE = "guarantee-probe";

/** What the probe is told to do; see probe/program.ts. */
export type ProbeConfig = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** Returns the program's file. It declares nothing: no idempotence, no network, secrets as every engine. */
export function installProbe(configDir: string, id: string = PROBE): string {
  const directory = path.join(configDir, "engines", id);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const program = path.join(directory, "probe");
  // The interpreter is named outright: PATH may lead to another Node, or to none.
  writeFileSync(program, `#!${process.execPath}\n${readFileSync(programFile("guarantee-probe"), "utf8")}`);
  chmodSync(program, 0o755);
  const manifest = { id, version: "1.0.0", executable: "probe", modes: ["flight-plan", "take-off"] };
  writeFileSync(path.join(directory, "engine.json"), JSON.stringify(manifest));
  return program;
}
