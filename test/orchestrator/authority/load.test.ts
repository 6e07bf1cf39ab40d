import { createPublicKey, verify } from "node:crypto";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { loadAuthority } from "../../../orchestrator/authority/index.ts";
import { parsePublicText, publicText } from "../../../orchestrator/authority/public-key.ts";
import { authorityFrom, makeKey, people, refusal, writeFile } from "./people.ts";

const EXAMPLE = path.join(import.meta.dirname, "../../../spec/examples/governance/authority.yaml");
const [ada, grace] = [makeKey(), makeKey()];
const person = (id: string, key = makeKey(), roles = ["operator"]) => ({ id, roles, keys: [key.publicText] });

describe("an authority file", () => {
  it("loads from YAML: people, gates, default role, separation, time to live (AUTH-1)", async () => {
    const authority = await loadAuthority(EXAMPLE);
    expect(authority.people.map(({ id }) => id)).toEqual(["ada", "grace", "linus", "rosa"]);
    expect([...authority.counts]).toEqual([["security", 2]]);
    expect(authority).toMatchObject({ defaultRole: "operator", separationOfDuties: true, approvalTtlSeconds: 14400 });
    expect(authority.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it("defaults to the role operator and to separation of duties (AUTH-1)", async () => {
    expect(await authorityFrom({ people: [person("ada")] })).toMatchObject({
      defaultRole: "operator",
      separationOfDuties: true,
    });
  });

  it("has a digest of its content alone: not of format, order or comments (AUTH-5)", async () => {
    const both = [person("ada", ada, ["a", "operator"]), person("grace", grace)];
    const first = await authorityFrom({ people: both });
    const text = JSON.stringify({ version: 1, people: [both[1], { ...both[0], roles: ["operator", "a"] }] }, null, 2);
    const second = await loadAuthority(writeFile("authority.yaml", `# the same\n${text}\n`));
    expect(second.digest).toBe(first.digest);
    const looser = await authorityFrom({ people: both, separation_of_duties: false });
    expect(looser.digest).not.toBe(first.digest);
  });

  it.each<[string, string, string | Uint8Array, RegExp]>([
    ["an unknown key", "a.yaml", "version: 1\npeople: []\nforce: true\n", /unknown key `force`/],
    ["a key twice in YAML", "a.yaml", "version: 1\nversion: 1\n", /key twice/],
    ["a key twice in JSON", "a.json", '{"version": 1, "people": [], "version": 1}', /key twice/],
    ["a key twice in JSON, once escaped", "a.json", '{"version": 1, "\\u0076ersion": 1}', /key twice/],
    ["aliases, which can expand without end", "a.yaml", "version: &v 1\npeople: [*v, *v]\n", /aliases are refused/],
    ["tags of its own", "a.yaml", "version: !!binary aGk=\n", /Unresolved tag/],
    ["two documents", "a.yaml", "version: 1\n---\nversion: 1\n", /multiple documents/],
    ["nothing", "a.yaml", "", /must be object/],
    ["no UTF-8", "a.yaml", Buffer.from([0x61, 0x3a, 0x20, 0xff]), /not UTF-8/],
    ["a number that is none", "a.yaml", "version: .nan\n", /JSON cannot express/],
    ["a prototype as key", "a.json", '{"__proto__": {"version": 1}}', /__proto__/],
    ["brackets without end", "a.json", "[".repeat(100_000), /deeper than 200/],
    ["dashes without end", "a.yaml", "- ".repeat(100_000), /deeper than 200/],
    ["half of a JSON document", "a.json", '{"version": 1', /not plain JSON/],
    ["more than 1 MiB", "a.yaml", `# ${"x".repeat(1 << 20)}\n`, /larger than/],
    ["an extension that is neither", "a.toml", "version = 1", /must end in/],
  ])("with %s is refused (AUTH-2)", async (_, name, content, sentence) => {
    const error = await refusal("authority_invalid", () => loadAuthority(writeFile(name, content)));
    expect(error.message).toMatch(sentence);
  });

  it("that is missing, or not a file, is refused (AUTH-2)", async () => {
    const directory = `${writeFile("x", "")}.yaml`;
    expect((await refusal("authority_invalid", () => loadAuthority(directory))).message).toMatch(/does not exist/);
    mkdirSync(directory);
    expect((await refusal("authority_invalid", () => loadAuthority(directory))).message).toMatch(/not a regular file/);
  });

  it.each([
    ["a person twice", { people: [person("ada"), person("ada")] }, /names a person twice: ada and ada/],
    ["a person twice by letter case", { people: [person("ada"), person("Ada")] }, /ada and Ada/],
    ["a key of two people", { people: [person("ada", ada), person("grace", ada)] }, /one key to both ada and grace/],
    ["a gate that too few can open", { people: [person("ada")], gates: { operator: { count: 2 } } }, /needs 2.*but 1/],
    ["a gate for a role nobody holds", { people: [person("ada")], gates: { chief: { count: 1 } } }, /`chief`, but 0/],
    ["a default role nobody holds", { people: [person("ada", ada, ["chief"])] }, /default role `operator`, but 0/],
  ])("with %s is refused (AUTH-3)", async (_, document, sentence) => {
    expect((await refusal("authority_invalid", () => authorityFrom(document))).message).toMatch(sentence);
  });

  it("with a second spelling of one key is refused, so that nobody holds a key of another (AUTH-4)", async () => {
    const last = ada.publicText.at(-2) ?? "";
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const respelt = `${ada.publicText.slice(0, -2)}${alphabet[alphabet.indexOf(last) + 1]}=`;
    expect(Buffer.from(respelt.slice(8), "base64")).toEqual(Buffer.from(ada.publicText.slice(8), "base64"));
    const document = { people: [person("ada", ada), { ...person("grace"), keys: [respelt] }] };
    expect((await refusal("authority_invalid", () => authorityFrom(document))).message).toMatch(/key of grace is not/);
  });

  it("gives every person at least one role and one key", async () => {
    await refusal("authority_invalid", () => authorityFrom({ people: [{ id: "ada", roles: [], keys: ["x"] }] }));
    await refusal("authority_invalid", () => authorityFrom({ people: [{ id: "ada", roles: ["a"], keys: [] }] }));
    await refusal("authority_invalid", () => authorityFrom({ people: people({}) }));
  });
});

describe("a key of small order", () => {
  const points = [
    "00".repeat(32),
    `01${"00".repeat(31)}`,
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    `ec${"ff".repeat(30)}7f`,
  ];

  it.each(points)("%s, with which anybody can sign, is refused (AUTH-4)", (hex) => {
    for (const sign of [0, 0x80]) {
      const raw = Buffer.from(hex, "hex");
      raw[31] = (raw[31] ?? 0) | sign;
      expect(() => parsePublicText(publicText(raw), "authority_invalid", "The key")).toThrow(/weak point/);
    }
  });

  it("would indeed accept a signature that nobody made, before Node 24", () => {
    const refusedAnyway = Number.parseInt(process.versions.node, 10) >= 24;
    const forged = Buffer.alloc(64);
    forged[0] = 1;
    for (const hex of points) {
      const x = Buffer.from(hex, "hex").toString("base64url");
      const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
      const accepted = Array.from({ length: 200 }, (_, n) => verify(null, Buffer.from(`${n}`), key, forged));
      expect(accepted.includes(true), hex).toBe(!refusedAnyway);
    }
  });
});
