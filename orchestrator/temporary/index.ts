/** Files that exist only until they are renamed to what they are: their names, and what becomes of a killed process's. */
export { temporaryName } from "./name.ts";
export { sweepTemporaries } from "./sweep.ts";
