/** The protocol's documents of a run, and the bundle that carries them (spec/protocol-mapping.md). */
export { exportRun } from "./export-run.ts";
