import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const ROOT = path.join(import.meta.dirname, "..", "..");
const read = (name: string) => JSON.parse(readFileSync(path.join(ROOT, name), "utf8"));

it("every dependency with an install script is said to need it or not: newer npm runs no other", () => {
  interface Locked {
    readonly name?: string;
    readonly hasInstallScript?: true;
    readonly os?: readonly string[];
  }
  const locked: Record<string, Locked> = read("package-lock.json").packages;
  const withScript = Object.entries(locked).flatMap(([place, { name, hasInstallScript, os = ["linux"] }]) => {
    const inQuestion = place !== "" && hasInstallScript && os.includes("linux");
    return inQuestion ? [name ?? place.split("node_modules/").at(-1)] : [];
  });
  const allowed: Record<string, boolean> = read("package.json").allowScripts;
  expect(Object.keys(allowed).sort()).toEqual([...new Set(withScript)].sort());
  expect(allowed["onnxruntime-node"]).toBe(false);
});
