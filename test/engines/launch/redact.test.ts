import { describe, expect, it } from "vitest";
import { redactor } from "../../../engines/launch/redact.ts";
import { secretForms } from "../../../engines/launch/secret-forms.ts";

const SECRETS = [
  "correct-horse-battery",
  'q"7\\x\t9/Zk w+é%',
  "k.*9[b](c)$^+?{1}|",
  "geheim-ключ-秘密",
  "line one\nline two",
];

const masked = (secret: string, text: string) => redactor([secret]).text(text);
const bytewise = (secret: string, text: string) => {
  const stream = redactor([secret]).stream();
  const parts = [...Buffer.from(text)].map((byte) => stream.push(Buffer.from([byte])));
  return Buffer.concat([...parts, stream.end()]).toString();
};

/** With every byte of a character that `escaped` matches as `%XX`. */
function quoted(bytes: Buffer, escaped: RegExp): string {
  const percent = (byte: number) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  return bytes.toString().replace(escaped, (character) => [...Buffer.from(character)].map(percent).join(""));
}

describe("a secret value is masked", () => {
  it.each(SECRETS)("in every form, whole and byte by byte: %j", (secret) => {
    for (const form of secretForms(secret)) {
      const text = `before=${form}&after`;
      expect(masked(secret, text)).toBe("before=***&after");
      // Where one form begins another, a stream masks the shorter at once; what is left of the longer is no part of the value.
      expect(bytewise(secret, text)).toMatch(/^before=\*\*\*(25)?&after$/);
    }
  });

  it.each([
    ["hexadecimal", (bytes: Buffer) => bytes.toString("hex")],
    ["hexadecimal in upper case", (bytes: Buffer) => bytes.toString("hex").toUpperCase()],
    ["a URL", (bytes: Buffer) => encodeURIComponent(bytes.toString())],
    ["a URL with escapes in lower case", (bytes: Buffer) => encodeURIComponent(bytes.toString()).toLowerCase()],
    ["a form", (bytes: Buffer) => new URLSearchParams({ a: bytes.toString() }).toString().slice(2)],
    ["a URL of Python", (bytes: Buffer) => quoted(bytes, /[^A-Za-z0-9_.~/-]/g)],
    ["a password in a URL of Go", (bytes: Buffer) => quoted(bytes, /[^A-Za-z0-9_.~$&+,;=-]/g)],
    [
      "a password in a URL",
      (bytes: Buffer) => Object.assign(new URL("https://ada@host"), { password: bytes.toString() }).password,
    ],
    [
      "a query of a URL",
      (bytes: Buffer) => Object.assign(new URL("https://host"), { search: bytes.toString() }).search.slice(1),
    ],
    ["JSON", (bytes: Buffer) => JSON.stringify(bytes.toString()).slice(1, -1)],
    ["JSON in JSON", (bytes: Buffer) => JSON.stringify(JSON.stringify({ a: bytes.toString() })).slice(8, -4)],
    [
      "base64 behind one character",
      (bytes: Buffer) =>
        Buffer.concat([Buffer.from(":"), bytes])
          .toString("base64")
          .slice(2),
    ],
  ])("as %s", (_form, write) => {
    for (const secret of ['q"7\\x9/zk w+%é', "correct horse (*battery~)!"])
      expect(masked(secret, `<${write(Buffer.from(secret))}>`)).toMatch(/^<.{0,2}\*{3}.{0,3}>$/);
  });

  it("also when it is short or without the line feed that it ends in; ordinary text stays", () => {
    expect(masked("Zk7vN2", `<${Buffer.from("ab:Zk7vN2").toString("base64")}>`)).toContain("***");
    expect(masked("token-in-a-file\n", "token-in-a-file!")).toBe("***!");
    expect(masked("1234", "NQ== MTIzN 31323 %31")).toBe("NQ== MTIzN 31323 %31");
  });
});
