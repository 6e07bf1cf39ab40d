/** The subprocess adapter of the engine port. */
export { engineEnvironment } from "./environment.ts";
export { checkExecutable } from "./executable.ts";
export { execute } from "./execute.ts";
export { launchEngine } from "./launch.ts";
export { neverStarted } from "./never-started.ts";
export { beginPipeNames, type PipeNamePool, pipeNames, sweepPipeNames } from "./pipe-names.ts";
export { keepPipesOutOf, prepareLaunch } from "./prepare.ts";
export { secretForms } from "./secret-forms.ts";
export { openStreams } from "./streams.ts";
export { endSurvivors } from "./survivors.ts";
