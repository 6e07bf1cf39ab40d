/** The engines that come with cabincrew: programs of their own, run by this Node, which build their sandbox themselves. */
import { type EngineManifest, programFile } from "../schema/index.ts";

interface Bundled {
  readonly manifest: EngineManifest;
  readonly program: string;
}

/** By the short name or the id of the engine; undefined for any other. */
export async function bundledEngine(name: string): Promise<Bundled | undefined> {
  switch (name) {
    case "exec":
    case "cabincrew.exec":
      return { manifest: (await import("./exec/manifest.ts")).execManifest, program: programFile("engines-exec") };
    case "command":
    case "cabincrew.command":
      return {
        manifest: (await import("./command/manifest.ts")).commandManifest,
        program: programFile("engines-command"),
      };
    default:
      return undefined;
  }
}
