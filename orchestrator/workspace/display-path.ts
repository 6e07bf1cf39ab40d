const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A path for people: UTF-8 as text, other bytes and control characters as `\xNN`. */
export function displayPath(latin1: string): string {
  let text: string;
  try {
    text = utf8.decode(Buffer.from(latin1, "latin1"));
  } catch {
    text = latin1.replace(/[\x80-\xff]/g, escapeByte);
  }
  return text.replace(/[\x00-\x1f\x7f]/g, escapeByte);
}

function escapeByte(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
