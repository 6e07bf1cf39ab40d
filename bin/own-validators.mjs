// Leaves out of a program the validators of documents that it never reads (bin/build.mjs).
import { readFileSync } from "node:fs";

/** Names of the documents that these sources, pairs of path and text, hand to parseDocument(); each must be written there. */
export function asksFor(sources) {
  const asked = new Set();
  for (const [file, text] of sources) {
    if (file === "schema/parse.ts") continue; // where it is defined
    const calls = text.match(/\bparseDocument\(/g) ?? [];
    const named = [...text.matchAll(/\bparseDocument\(\s*"(\w+)"/g)];
    if (named.length !== calls.length)
      throw new Error(`${file} does not write out which document it parses: look at bin/own-validators.mjs`);
    for (const [, name] of named) asked.add(name);
  }
  return asked;
}

/** Keeps the validators of `names` and what they refer to; in the place of another stands one that throws. */
export function onlyValidators(names) {
  return {
    name: "only-validators",
    setup: ({ onLoad }) =>
      onLoad({ filter: /schema\/generated\/validators\.mjs$/ }, ({ path: file }) => ({
        contents: reduced(readFileSync(file, "utf8"), names),
      })),
  };
}

const DECLARED = /\b(?:const|function) ((?:schema|validate|func|pattern|formats)\d+)\b/g;
const USED = /\b(?:schema|validate|func|pattern|formats)\d+\b/g;

function reduced(text, names) {
  const [head, ...rest] = text.split(/(?=export const \w+ = validate\d+;)/);
  const sections = rest.map((section) => ({
    name: /^export const (\w+)/.exec(section)[1],
    section,
    declared: [...section.matchAll(DECLARED)].map((match) => match[1]),
    used: new Set(section.match(USED)),
  }));
  const missing = [...names].filter((name) => !sections.some((each) => each.name === name));
  if (missing.length > 0)
    throw new Error(`There is no validator of ${missing.join(", ")}: look at bin/own-validators.mjs`);
  // A section may refer to what another one declares.
  const kept = new Set(sections.filter((each) => names.has(each.name)));
  for (const one of kept)
    for (const other of sections) if (other.declared.some((name) => one.used.has(name))) kept.add(other);
  return [
    head,
    ...sections.map((each) =>
      kept.has(each) ? each.section : `export const ${each.name} = leftOut("${each.name}");\n`,
    ),
    "function leftOut(name) { return () => { throw new Error('This program was built without the validator of ' + name); }; }",
  ].join("");
}
