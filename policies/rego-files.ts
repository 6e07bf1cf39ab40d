/** The Rego of a pack: every `.rego` file below its folder, but for hidden ones; `_test.rego` files are its tests. */
import { readdir } from "node:fs/promises";
import { toCabincrewError } from "../schema/index.ts";

/** Paths relative to the folder, with `/`, sorted. Throws `config_invalid` when it cannot be read. */
export async function listRego(directory: string): Promise<string[]> {
  try {
    const names = (await readdir(directory, { recursive: true })).map((name) => name.replaceAll("\\", "/"));
    return names.filter((name) => name.endsWith(".rego") && !/(?:^|\/)\./.test(name)).sort();
  } catch (error) {
    throw toCabincrewError(error, "config_invalid", `Reading the policies in ${directory}`, "Name a folder with Rego.");
  }
}

export function isRegoTest(name: string): boolean {
  return name.endsWith("_test.rego");
}
