/**
 * The forms in which programs commonly give a secret value away: as it is, base64 (alone or inside a longer text), hexadecimal,
 * URL-encoded, JSON-escaped. What is masked in streams and what is refused in artifacts is the same list.
 */

const LONE_SURROGATE = /\p{Surrogate}/u;
/** Shorter encoded forms would be found in ordinary text by chance. */
const ENCODED_LENGTH = 6;

/** The value itself and its encoded forms, each once. */
export function secretForms(value: string): readonly string[] {
  // A value that was read from a file often ends in a line feed, and is then printed without it.
  const values = [...new Set([value, value.trim()])].filter(Boolean);
  const encoded = values.flatMap((each) => [...jsonForms(each), ...byteForms(Buffer.from(each)), ...urlForms(each)]);
  return [...new Set([...values, ...encoded.filter((form) => form.length >= ENCODED_LENGTH)])];
}

/** As a string in JSON, also with everything but ASCII escaped, and as JSON inside of a string of JSON. */
function jsonForms(value: string): string[] {
  const inner = (text: string): string => JSON.stringify(text).slice(1, -1);
  const once = inner(value);
  const ascii = once.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return [once, ascii, inner(once), inner(ascii)];
}

function byteForms(bytes: Buffer): string[] {
  // Inside a longer text the value may begin at any of three places of a base64 group; the characters its neighbours share are left out.
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    return text.slice(shift === 0 ? 0 : shift + 1, (shift + bytes.length) % 3 === 0 ? undefined : -1);
  });
  const url = base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  const hex = bytes.toString("hex");
  return [...base64, ...url, hex, hex.toUpperCase()];
}

/** Which characters encoders of URLs leave as they are, beside letters, digits, `-`, `_` and `.`. */
const UNESCAPED = [
  "", // as in forms, with the tilde escaped
  "~", // RFC 3986
  "*", // forms of HTML
  "~/", // Python
  "~!'()*", // encodeURIComponent
  "~!'()*;,/?:@&=+$#", // encodeURI
  "~$&+=:@", // a segment of a path, in Go
  "~$&+,;=", // user and password, in Go
  "~$&+,/:;=@", // a path, in Go
  "~!$&'()*+,;=:@", // a segment of a path, by RFC 3986
  "~!$&'()*+,;=:@/?", // a query, by RFC 3986
  "~!$%&'()*+,", // user and password, by the URL standard of browsers
  "~!$%&'()*+,/:;=@[\\]|", // a path, by the same
  "~!$%&()*+,/:;=?@[\\]^`{|}", // a query, by the same
  "~!$%&'()*+,/:;=?@[\\]^`{|}", // a query of a scheme it does not know
];

/** As in a path, a query, a form and before the host of a URL; the digits of escapes in either case. */
function urlForms(value: string): string[] {
  if (LONE_SURROGATE.test(value)) return [];
  const component = encodeURIComponent(value);
  const whole = UNESCAPED.map((unescaped) => {
    const strict = component.replace(/[!'()*~]/g, percent);
    return strict.replace(/%[0-7][0-9A-F]/g, (code) => {
      const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
      return unescaped.includes(character) ? character : code;
    });
  });
  const forms = whole.flatMap((form) => [form, form.replaceAll("%20", "+")]);
  return forms.flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
