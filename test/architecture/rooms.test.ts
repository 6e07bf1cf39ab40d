import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = path.join(import.meta.dirname, "..", "..");
/** Which rooms a room may import (DESIGN section 2): arrows go one way, siblings never import one another. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  bin: ["orchestrator", "schema"],
  orchestrator: ["engines", "policies", "models", "schema"],
  engines: ["schema"],
  policies: ["schema"],
  models: ["schema"],
  schema: [],
};
const ROOMS = Object.keys(MAY_IMPORT);
/** Programs that run in a process of their own and read their own environment. */
const OWN_PROCESS =
  /^(engines\/(exec|command)\/|engines\/sandbox\/search-path\.ts$|models\/child\.ts$|policies\/worker\.ts$|orchestrator\/guarantees\/probe\/)/;

function sources(room: string): string[] {
  return readdirSync(path.join(ROOT, room), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.startsWith("templates") && !file.includes("generated"))
    .map((file) => path.join(room, file));
}

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(ROOT, file), "utf8");
  const named = [...text.matchAll(/^(?:import|export)[^;]*?from "([^"]+)"|import\("([^"]+)"\)/gm)];
  return named.map((match) => match[1] ?? match[2] ?? "").filter((specifier) => specifier.startsWith("."));
}

function locate(file: string, specifier: string): string {
  return path.join(path.dirname(file), specifier);
}

/** The room a relative import leads to, and what it names in there. */
function targetOf(file: string, specifier: string): { room: string; inside: string } {
  const [room = "", ...inside] = locate(file, specifier).split(path.sep);
  return { room, inside: inside.join("/") };
}

describe("the rooms of the house", () => {
  for (const room of ROOMS) {
    it(`${room} imports only what lies below it`, () => {
      const wrong = sources(room).flatMap((file) =>
        importsOf(file)
          .map((specifier) => targetOf(file, specifier).room)
          .filter((target) => target !== room && !MAY_IMPORT[room]?.includes(target))
          .map((target) => `${file} -> ${target}`),
      );
      expect(wrong).toEqual([]);
    });

    it(`${room} enters another room by its door`, () => {
      const wrong = sources(room).flatMap((file) =>
        importsOf(file)
          .map((specifier) => targetOf(file, specifier))
          .filter((target) => target.room !== room && ROOMS.includes(target.room) && target.inside !== "index.ts")
          .map((target) => `${file} -> ${target.room}/${target.inside}`),
      );
      expect(wrong).toEqual([]);
    });
  }

  it("only bin/ and programs of their own know the environment, the arguments and the console", () => {
    const wrong = ROOMS.filter((room) => room !== "bin")
      .flatMap(sources)
      .filter((file) => !OWN_PROCESS.test(file))
      .filter((file) =>
        /process\.(env|argv)\b|\bconsole\./.test(
          readFileSync(path.join(ROOT, file), "utf8").replace(/^\s*(\*|\/\/).*$/gm, ""),
        ),
      );
    expect(wrong).toEqual([]);
  });

  it("no file comes back to itself by what it imports", () => {
    const below = new Map(ROOMS.flatMap(sources).map((file) => [file, importsOf(file).map((to) => locate(file, to))]));
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, above: readonly string[]): void => {
      if (above.includes(file)) circles.push([...above.slice(above.indexOf(file)), file].join(" -> "));
      if (above.includes(file) || done.has(file)) return;
      for (const next of below.get(file) ?? []) visit(next, [...above, file]);
      done.add(file);
    };
    for (const file of below.keys()) visit(file, []);
    expect(circles).toEqual([]);
  });

  it("no file has outgrown one reason to change", () => {
    const long = ROOMS.flatMap(sources).filter(
      (file) => readFileSync(path.join(ROOT, file), "utf8").split("\n").length > 300,
    );
    expect(long).toEqual([]);
  });
});
