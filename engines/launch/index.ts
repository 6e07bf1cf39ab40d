/** The subprocess adapter of the engine port. */
export { checkExecutable } from "./executable.ts";
export { launchEngine } from "./launch.ts";
export { endSurvivors } from "./survivors.ts";
