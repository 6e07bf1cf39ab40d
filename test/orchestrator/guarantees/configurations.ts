import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import { type GuaranteeReport, type GuaranteeResult, verifyGuarantees } from "../../../orchestrator/index.ts";

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

/** An empty home: a state and a configuration directory that do not exist yet. */
export function home(): { readonly root: string; readonly stateDir: string; readonly configDir: string } {
  const root = mkdtempSync(path.join(tmpdir(), "cabincrew-proof-"));
  roots.push(root);
  return { root, stateDir: path.join(root, "state"), configDir: path.join(root, "config") };
}

/** A governance directory with these files; objects are written as JSON. */
export function governance(root: string, files: Readonly<Record<string, unknown>>): string {
  const directory = path.join(root, "governance");
  mkdirSync(directory, { recursive: true });
  for (const [name, value] of Object.entries(files)) writeFileSync(path.join(directory, name), JSON.stringify(value));
  return directory;
}

/** Plays the attacks, or those named, under a configuration. */
export function prove(
  place: { readonly stateDir: string; readonly configDir: string },
  governanceDir?: string,
  only?: readonly string[],
): Promise<GuaranteeReport> {
  return verifyGuarantees({
    ...place,
    ...(governanceDir === undefined ? {} : { governanceDir }),
    ...(only === undefined ? {} : { only }),
    principal: { id: "ada", proven: false },
    ...(process.env["PATH"] === undefined ? {} : { searchPath: process.env["PATH"] }),
  });
}

export const idsOf = (report: GuaranteeReport, status: GuaranteeResult["status"]): readonly string[] =>
  report.guarantees.filter((each) => each.status === status).map((each) => each.id);
