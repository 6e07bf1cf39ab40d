/** The engines that come with cabincrew: programs of their own, run by this Node, which build their sandbox themselves. */
import { type EngineManifest, type JsonObject, programFile } from "../schema/index.ts";

interface Bundled {
  readonly manifest: EngineManifest;
  readonly program: string;
  readonly assertConfig: (config: JsonObject) => void;
}

/** By the short name or the id of the engine; undefined for any other. */
export async function bundledEngine(name: string): Promise<Bundled | undefined> {
  switch (name) {
    case "exec":
    case "cabincrew.exec": {
      const [{ execManifest }, { execConfig }] = await Promise.all([
        import("./exec/manifest.ts"),
        import("./exec/config.ts"),
      ]);
      const assertConfig = (config: JsonObject) => void execConfig(config);
      return { manifest: execManifest, program: programFile("engines-exec"), assertConfig };
    }
    case "command":
    case "cabincrew.command": {
      const [{ commandManifest }, { commandConfig }] = await Promise.all([
        import("./command/manifest.ts"),
        import("./command/config.ts"),
      ]);
      const assertConfig = (config: JsonObject) => void commandConfig(config);
      return { manifest: commandManifest, program: programFile("engines-command"), assertConfig };
    }
    default:
      return undefined;
  }
}
