import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const root = path.join(import.meta.dirname, "..", "..");
const { asksFor, onlyValidators } = await import(pathToFileURL(path.join(root, "bin", "own-validators.mjs")).href);

describe("the validators of a program", () => {
  it("are those of the documents it parses, each written out", () => {
    const one = 'parseDocument("receipt", value, code, what); parseDocument(\n  "artifact",\n value)';
    expect(asksFor([["a.ts", one]])).toEqual(new Set(["receipt", "artifact"]));
    expect(() => asksFor([["a.ts", `${one}; parseDocument(name, value)`]])).toThrow(/a\.ts does not write out/);
  });

  it("work without the others, and the others refuse to work", async () => {
    const contents = 'export * from "./schema/generated/validators.mjs";';
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: root },
      bundle: true,
      write: false,
      platform: "node",
      format: "esm",
      plugins: [onlyValidators(new Set(["waivers"]))],
    });
    const text = outputFiles[0]?.text ?? "";
    const { waivers, receipt } = await import(`data:text/javascript;base64,${Buffer.from(text).toString("base64")}`);
    expect([waivers({ version: 1, waivers: [] }), waivers({ unknown: true })]).toEqual([true, false]);
    expect(() => receipt({})).toThrow(/built without the validator of receipt/);
  });
});
