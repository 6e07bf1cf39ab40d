/** The sandbox: whether this machine has one, and what a program in it sees. */
export { bubblewrapArguments } from "./bubblewrap.ts";
export { assertProgram } from "./command-program.ts";
export { findBubblewrap } from "./find.ts";
export { programPlaces } from "./masks.ts";
export { realPath } from "./paths.ts";
export { findProgram, language, searchPath } from "./search-path.ts";
export type { SandboxBind, SandboxView } from "./view.ts";
