import { describe, expect, test } from "vitest";
import { excerptOfDiff, renderDiff } from "../../bin/render/diff.ts";
import { createInk } from "../../bin/render/shown.ts";

const colours = createInk(true);
const plain = createInk(false);

async function* chunks(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

async function rendered(text: string, ink = colours, size = 7): Promise<string[]> {
  const parts: string[] = [];
  for await (const part of renderDiff(chunks(text, size), ink)) parts.push(part.toString());
  return parts.join("").split("\n");
}

const DIFF = [
  "--- a/x",
  "+++ b/x",
  "@@ -1,3 +1,3 @@",
  " same",
  "--- not a header",
  "+++ nor this",
  " end",
  "--- a/y",
  "+++ b/y",
];

describe("the coloured diff", () => {
  test("colours headers, hunks, additions and removals", async () => {
    const [file, , hunk, context, removed, added] = await rendered(`${DIFF.join("\n")}\n`);
    expect(file).toBe("\x1b[1m--- a/x\x1b[22m");
    expect(hunk).toContain("\x1b[36m@@");
    expect(context).toBe(" same");
    expect(removed).toBe("\x1b[31m--- not a header\x1b[39m");
    expect(added).toBe("\x1b[32m+++ nor this\x1b[39m");
  });

  test("finds the next file's header after a hunk ends", async () => {
    expect((await rendered(`${DIFF.join("\n")}\n`))[7]).toBe("\x1b[1m--- a/y\x1b[22m");
  });

  test("without colour is the diff itself, however it is cut into chunks", async () => {
    for (const size of [1, 3, 1000])
      expect((await rendered(`${DIFF.join("\n")}\n`, plain, size)).join("\n")).toBe(`${DIFF.join("\n")}\n`);
  });

  test("shows a line that never ends in bounded pieces, all of them in its colour", async () => {
    const pieces: string[] = [];
    const text = `@@ -0,0 +1 @@\n+${"x".repeat(200_000)}`;
    for await (const part of renderDiff(chunks(text, 50_000), colours)) pieces.push(part.toString());
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(70_000);
    expect(pieces.slice(1).every((piece) => piece.startsWith("\x1b[32m"))).toBe(true);
  });

  test("tells a hidden character from the characters of its escape, which content cannot pretend", async () => {
    const esc = "\x1b";
    const text = `@@ -1,2 +1,4 @@\n same${esc}\n-old\n+a${esc}[2J\u202e${esc}\n+a\\x1b[2J\n+\\ Hidden above: U+001B\n+dos\r\n`;
    expect(await rendered(text, plain)).toEqual([
      "@@ -1,2 +1,4 @@",
      " same\\x1b",
      "-old",
      "+a\\x1b[2J\\u202e\\x1b",
      "\\ Hidden above: U+001B U+202E",
      "+a\\x1b[2J",
      "+\\ Hidden above: U+001B",
      "+dos\\r",
      "",
    ]);
  });

  test("is cut for an excerpt, which says that there is more", async () => {
    const { text, more } = await excerptOfDiff(chunks(`${DIFF.join("\n")}\n`, 9), plain, 2);
    expect([text.toString(), more]).toEqual(["--- a/x\n+++ b/x", true]);
    expect((await excerptOfDiff(chunks("a\n", 9), plain, 2)).more).toBe(false);
  });
});
