/** Long lists are shown page by page; that there is more is always said. */
import { usageError } from "./failure.ts";
import type { Screen } from "./screen.ts";

export interface Page {
  readonly limit: number;
  readonly before?: string;
}

export function pageOptions(limit: number) {
  return {
    limit: { type: "number", default: limit, requiresArg: true, describe: "At most this many" },
    before: { type: "string", requiresArg: true, describe: "Only runs older than this run id, for the next page" },
  } as const;
}

/** Enough of a run id to say where the next page begins. */
const RUN_ID = /^[0-9A-HJKMNP-TV-Z]{8,26}$/i;

/** Throws usage for a limit that is no whole number above 0, and for what cannot be a run id. */
export function pageOf({ limit, before }: { readonly limit: number; readonly before?: string | undefined }): Page {
  if (!Number.isSafeInteger(limit) || limit < 1) throw usageError("--limit needs a whole number above 0.");
  if (before !== undefined && !RUN_ID.test(before))
    throw usageError("--before needs a run id.", "Take it from the last run that the page before shows.");
  return { limit, ...(before === undefined ? {} : { before }) };
}

/** Says how to see older ones when the page is full. */
export function tellOlder(
  screen: Screen,
  shown: readonly { readonly run_id: string }[],
  { limit }: Page,
  command: string,
): void {
  const last = shown.at(-1);
  if (shown.length === limit && last) screen.tell(screen.err.dim(`older ones: ${command} --before ${last.run_id}`));
}
