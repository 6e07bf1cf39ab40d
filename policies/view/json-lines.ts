/** Lines of everything in a JSON text that JSON.parse has accepted already, so that only a repeated key is left to object to. */

/** JSON pointer to 1-based line. */
export type Lines = Readonly<Record<string, number>>;

interface Container {
  readonly pointer: string;
  /** The next index of a list; undefined inside of an object. */
  index: number | undefined;
  key: string;
}

/** Every object key and list item. Throws a sentence for a key given twice: readers differ in which of the two counts. */
export function jsonLines(text: string): Lines {
  const lines = new Map<string, number>();
  const open: Container[] = [];
  let line = 1;
  let keyNext = false;
  const place = (): string => {
    const inside = open.at(-1);
    return inside ? `${inside.pointer}/${inside.index ?? inside.key}` : "";
  };
  const note = (): void => {
    if (open.at(-1)?.index !== undefined || open.length === 0) lines.set(place(), line);
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === "\n") line += 1;
    else if (char === '"') {
      const end = stringEnd(text, at);
      const inside = open.at(-1);
      if (keyNext && inside) {
        inside.key = escapePointer(JSON.parse(text.slice(at, end + 1)) as string);
        const named = place();
        if (lines.has(named))
          throw new Error(`it repeats the key ${text.slice(at, Math.min(end + 1, at + 80))} (line ${line})`);
        lines.set(named, line);
        keyNext = false;
      } else note();
      at = end;
    } else if (char === "{" || char === "[") {
      note();
      open.push({ pointer: place(), index: char === "[" ? 0 : undefined, key: "" });
      keyNext = char === "{";
    } else if (char === "}" || char === "]") {
      open.pop();
      keyNext = false;
    } else if (char === ",") {
      const inside = open.at(-1);
      if (inside?.index === undefined) keyNext = true;
      else inside.index += 1;
    } else if (char !== ":" && char !== " " && char !== "\r" && char !== "\t") {
      note();
      while (/[\w.+-]/.test(text[at + 1] ?? "")) at += 1;
    }
  }
  return Object.fromEntries(lines);
}

/** A member name as one part of a JSON pointer (RFC 6901). */
export function escapePointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

function stringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text[end - 1 - slashes] === "\\") slashes += 1;
    if (slashes % 2 === 0) return end;
  }
}
