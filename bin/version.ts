import { readFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../schema/index.ts";

/** The version in package.json. */
export function version(): string {
  const text = readFileSync(path.join(packageRoot(), "package.json"), "utf8");
  return String((JSON.parse(text) as { version: unknown }).version);
}
