import type { Json } from "../../schema/index.ts";
import type { Lines } from "./json-lines.ts";

/** One document of a file, with the 1-based line of everything in it by JSON pointer. */
export interface ParsedDocument {
  readonly value: Json;
  readonly lines: Lines;
}
