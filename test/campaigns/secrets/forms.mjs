// The forms in which a value turns up in what programs print.

/** Base64 of the value where it begins at one of the three places of a group, without the characters its neighbours share. */
function base64At(bytes, shift) {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString("base64")
    .replace(/=+$/, "");
  return text.slice(shift === 0 ? 0 : shift + 1, (shift + bytes.length) % 3 === 0 ? undefined : -1);
}

const asciiOnly = (text) =>
  text.replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Name of each form and the text it gives. Forms of a value that needs no escaping are the value itself. */
export function formsOf(value) {
  const bytes = Buffer.from(value);
  const json = JSON.stringify(value).slice(1, -1);
  const url = encodeURIComponent(value);
  return {
    plain: value,
    "base64 at 0": base64At(bytes, 0),
    "base64 at 1": base64At(bytes, 1),
    "base64 at 2": base64At(bytes, 2),
    base64url: bytes.toString("base64url"),
    url,
    "url, lower case": url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    "url, form": url
      .replaceAll("%20", "+")
      .replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
    json,
    "json, ASCII only": asciiOnly(json),
    "json in json": JSON.stringify(json).slice(1, -1),
    hex: bytes.toString("hex"),
    "hex, upper case": bytes.toString("hex").toUpperCase(),
  };
}
