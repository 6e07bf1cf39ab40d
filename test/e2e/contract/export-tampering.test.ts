import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type Json, verifyExport } from "../../../orchestrator/index.ts";
import { commandLine } from "../../bin/command-line.ts";

type Node = Record<string, Json>;

/** Every place in a document, as the keys that lead there; of a list only the first item stands for the others. */
function* places(value: Json, above: readonly string[] = []): Generator<readonly string[]> {
  if (typeof value !== "object" || value === null) return;
  for (const key of Array.isArray(value) ? Object.keys(value).slice(0, 1) : Object.keys(value)) {
    yield [...above, key];
    yield* places((value as Node)[key] as Json, [...above, key]);
  }
}

function altered(value: Json): Json {
  if (typeof value === "string") return value.startsWith("a") ? `b${value.slice(1)}` : `a${value.slice(1)}`;
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  if (value === null) return "something";
  return Array.isArray(value) ? [...value, "something"] : { ...value, unsigned: 1 };
}

describe("an exported run, checked with nothing but the file and the public key (spec/ledger.md 27, 28)", () => {
  it("cannot have any member changed, added or taken out unnoticed", async () => {
    const cli = commandLine({ "a.txt": "hello\n" });
    const planned = cli.json("run", ".", "--", "sh", "-c", "echo FROM x > Dockerfile").document;
    expect(cli.json("approve", planned.plan_token, "--resume").code).toBe(0);
    const text = cli.cabincrew("export", planned.run_id).out;
    const file = path.join(cli.root, "run.json");
    const publicKey = path.join(cli.root, "state", "keys", "ledger.pub.pem");
    const holds = async (document: Json) => {
      writeFileSync(file, JSON.stringify(document));
      return (await verifyExport(file, publicKey)).ok;
    };
    expect(await holds(JSON.parse(text))).toBe(true);

    const unnoticed: string[] = [];
    for (const place of places(JSON.parse(text))) {
      // Without its format it is no export at all, which is refused before it is looked into.
      if (place.join() === "format") continue;
      for (const how of ["changed", "taken out"]) {
        const document = JSON.parse(text) as Node;
        const holder = place.slice(0, -1).reduce((node, key) => node[key] as Node, document);
        const key = place.at(-1) as string;
        if (how === "changed") holder[key] = altered(holder[key] as Json);
        else if (Array.isArray(holder)) holder.splice(Number(key), 1);
        else delete holder[key];
        if (await holds(document)) unnoticed.push(`${place.join(".")} ${how}`);
      }
    }
    expect(unnoticed).toEqual([]);
    for (const entry of [1, 2, 5]) {
      const document = JSON.parse(text) as { entries: { body: string }[] };
      const body = document.entries[entry]?.body ?? "";
      document.entries[entry] = { ...document.entries[entry], body: `${body.slice(0, 40)}${body.slice(41)}` };
      expect(await holds(document as unknown as Json), `entry ${entry} is no JSON any more`).toBe(false);
    }
    expect(await holds({ ...(JSON.parse(text) as Node), unsigned: 1 })).toBe(false);
  });
});
