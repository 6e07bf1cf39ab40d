/** The protocol's documents of a run, and the bundle that carries them (spec/protocol-mapping.md). */
export { exportLines } from "./export-contents.ts";
export { exportRun } from "./export-run.ts";
