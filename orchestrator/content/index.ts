/** The content-addressed store: port and adapters. */
export { hashOnly } from "./hash-only.ts";
export { openContentStore } from "./local.ts";
export type { ContentSink, ContentSource, ContentStore, StoredContent } from "./port.ts";
