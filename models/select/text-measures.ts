/** What can be counted in a text without understanding it. Counts UTF-8 bytes, so that every language can repeat it. */
const INVISIBLE =
  /\u00ad|\u034f|\u061c|\u180e|[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f]|\ufeff|[\u{e0000}-\u{e007f}]/gu;

export type ByteKind = "nonAscii" | "letters" | "digits" | "spaces" | "controls";

export interface TextMeasures {
  /** UTF-8 bytes, a line feed between two lines included. */
  readonly bytes: number;
  readonly lines: number;
  /** Bytes of the longest line. */
  readonly longestLine: number;
  /** Shannon entropy of its bytes, in bits a byte; 0 for no text. */
  readonly entropy: number;
  /** Characters that show nothing: zero-width, bidirectional controls, tags. */
  readonly invisible: number;
  /** Part of its bytes that are of this kind, 0 to 1; 0 for no text. */
  share(kind: ByteKind): number;
}

/** Measures lines, joined by line feeds. */
export function measureText(lines: readonly string[]): TextMeasures {
  const text = lines.join("\n");
  const bytes = Buffer.from(text);
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  const ofKinds: Record<ByteKind, number> = { nonAscii: 0, letters: 0, digits: 0, spaces: 0, controls: 0 };
  let entropy = 0;
  for (const [byte, count] of counts.entries()) {
    if (count === 0) continue;
    const kind = kindOf(byte);
    if (kind) ofKinds[kind] += count;
    entropy -= (count / bytes.length) * Math.log2(count / bytes.length);
  }
  return {
    bytes: bytes.length,
    lines: lines.length,
    longestLine: lines.reduce((longest, line) => Math.max(longest, Buffer.byteLength(line)), 0),
    entropy: Math.max(0, entropy),
    invisible: text.match(INVISIBLE)?.length ?? 0,
    share: (kind) => (bytes.length === 0 ? 0 : ofKinds[kind] / bytes.length),
  };
}

function kindOf(byte: number): ByteKind | undefined {
  if (byte >= 0x80) return "nonAscii";
  if (byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d) return "spaces";
  if (byte < 0x20 || byte === 0x7f) return "controls";
  if (byte >= 0x30 && byte <= 0x39) return "digits";
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a ? "letters" : undefined;
}
