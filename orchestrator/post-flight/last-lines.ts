import type { ContentStore } from "../content/index.ts";

const LINES = 200;
const UNITS = 64 * 1024;

/** The end of a stored log, redacted as it was stored: at most 200 lines and 64 Ki characters. */
export async function lastLines(
  content: ContentStore,
  sha256: string | null,
): Promise<{ readonly lines: readonly string[]; readonly truncated: boolean }> {
  if (sha256 === null) return { lines: [], truncated: false };
  let text = "";
  let truncated = false;
  const stream = await content.openStream(sha256);
  stream.setEncoding("utf8");
  for await (const chunk of stream) {
    text += chunk as string;
    if (text.length <= UNITS) continue;
    // Half a character at the start would be none.
    text = text.slice(-UNITS).replace(/^[\udc00-\udfff]/, "");
    truncated = true;
  }
  const lines = text.replace(/\n$/, "").split("\n");
  return { lines: lines.slice(-LINES), truncated: truncated || lines.length > LINES };
}
