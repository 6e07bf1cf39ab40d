// Attacks on what is given to others: exported runs and audit trails, checked with nothing but the file and the public key.
import { createHash, createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";

/** Every place in a document, as the keys that lead there. */
function* places(value, above = []) {
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    yield [...above, key];
    yield* places(value[key], [...above, key]);
  }
}

function others(value) {
  if (typeof value === "string") return [value.startsWith("a") ? `b${value.slice(1)}` : `a${value.slice(1)}`, ""];
  if (typeof value === "number") return [value + 1, -1];
  if (typeof value === "boolean") return [!value];
  if (value === null) return ["something", 0];
  return Array.isArray(value) ? [[...value, "something"], null] : [{ ...value, unsigned: 1 }, null];
}

const holderOf = (document, place) => place.slice(0, -1).reduce((node, key) => node[key], document);

/** Documents that differ in one place from the bundle `text`; each is written when it is asked for, since together they are large. */
export function* bundleAttacks(text, name) {
  const whole = JSON.parse(text);
  for (const place of places(whole)) {
    const where = `${name}: ${place.join(".")}`;
    const codes = place.join() === "format" ? [2, 5] : [5];
    const key = place.at(-1);
    const original = holderOf(whole, place)[key];
    const made = (how, change) => ({
      kind: `export: ${how}`,
      name: where,
      codes,
      text() {
        const document = JSON.parse(text);
        change(holderOf(document, place));
        return JSON.stringify(document);
      },
    });
    for (const value of others(original)) {
      if (value === original) continue;
      yield made("member changed", (holder) => {
        holder[key] = value;
      });
    }
    if (Array.isArray(holderOf(whole, place))) {
      yield made("item repeated", (list) => list.splice(Number(key), 0, list[Number(key)]));
      yield made("member removed", (list) => list.splice(Number(key), 1));
    } else
      yield made("member removed", (holder) => {
        delete holder[key];
      });
  }
  yield {
    kind: "export: member added",
    name,
    codes: [5],
    text: () => JSON.stringify({ ...whole, unsigned: 1 }),
  };
}

/** Parts of one run's export put into another's. */
export function* mixedBundles(one, two) {
  for (const key of Object.keys(JSON.parse(one)).filter(
    (member) => !["format", "key_id", "public_key"].includes(member),
  )) {
    const [a, b] = [JSON.parse(one), JSON.parse(two)];
    if (JSON.stringify(a[key]) === JSON.stringify(b[key])) continue;
    const text = () => JSON.stringify({ ...a, [key]: b[key] });
    yield { kind: "export: part of another run", name: key, codes: [5], text };
  }
}

const hashOf = (body, signature) => createHash("sha256").update(`${body}\n${signature}`).digest("hex");

/** The whole bundle signed anew by somebody else, consistently, with the key told in it and in the first entry as well. */
export function strangersBundle(text) {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const pem = publicKey.export({ type: "spki", format: "pem" });
  const key_id = createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }).subarray(-32))
    .digest("hex")
    .slice(0, 16);
  const bundle = JSON.parse(text.replaceAll(JSON.parse(text).key_id, key_id));
  let prev;
  bundle.public_key = pem;
  bundle.entries = bundle.entries.map((entry) => {
    const told = JSON.parse(entry.body);
    if (told.public_key) told.public_key = pem;
    if (prev && told.seq === prev.seq + 1) told.prev = prev.hash;
    const body = JSON.stringify(told);
    const signature = sign(
      null,
      Buffer.from(body),
      createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" })),
    ).toString("base64");
    prev = { ...entry, body, signature, hash: hashOf(body, signature) };
    return prev;
  });
  bundle.head = { seq: prev.seq, hash: prev.hash };
  return { kind: "export: signed by a stranger", name: "whole", codes: [5], text: () => JSON.stringify(bundle) };
}

/** The audit trail as lines: changed, removed, repeated, swapped, cut. */
export function* trailAttacks(text) {
  const lines = text.trimEnd().split("\n");
  const made = (kind, name, changed, codes = [5]) => ({
    kind: `audit trail: ${kind}`,
    name,
    codes,
    text: () => `${changed.join("\n")}\n`,
  });
  for (const [index, line] of lines.entries()) {
    for (const member of ["seq", "body", "signature", "hash"]) {
      const entry = JSON.parse(line);
      entry[member] = others(entry[member])[0];
      yield made("member changed", `${index + 1}.${member}`, lines.with(index, JSON.stringify(entry)));
      delete entry[member];
      // By how its first line begins a file is known to be a trail: without that it is refused as none.
      const codes = index === 0 ? [2, 5] : [5];
      yield made("member removed", `${index + 1}.${member}`, lines.with(index, JSON.stringify(entry)), codes);
    }
    // The first and the last may be missing from an excerpt; only a noted head shows that the end is.
    if (index > 0 && index < lines.length - 1) yield made("line removed", `${index + 1}`, lines.toSpliced(index, 1));
    yield made("line repeated", `${index + 1}`, lines.toSpliced(index, 0, line));
    if (index > 0)
      yield made("lines swapped", `${index + 1}`, lines.with(index, lines[index - 1]).with(index - 1, line));
  }
}

export const readText = (file) => readFileSync(file, "utf8");
