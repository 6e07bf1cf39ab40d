/** Compiles the entry points of a pack, with a facade in front of those that `opa` does not compile by themselves. */
import { cp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { CabincrewError, makeScratch } from "../schema/index.ts";
import { facadeOf, type Module, writeFacade } from "./facade.ts";
import { type Compilation, compileWasm, regoFlags, runOpa } from "./opa.ts";

const MISTAKEN = /rego_type_error: function \S+ used as reference, not called/;
const FACADE_FILE = "cabincrew-facade.rego";

/** WebAssembly that answers for every entry point, by its own name or by that of its facade. Throws `config_invalid`. */
export async function compilePolicies(opa: string, compilation: Compilation): Promise<Buffer> {
  try {
    return await compileWasm(opa, compilation);
  } catch (error) {
    if (!(error instanceof CabincrewError && MISTAKEN.test(error.message))) throw error;
    return compileBehindFacade(opa, compilation);
  }
}

/** `opa parse` of one source. Throws `config_invalid` for Rego that does not parse. */
export async function parseRego(opa: string, source: string, directory: string, v0 = false): Promise<Module> {
  return JSON.parse(await runOpa(opa, ["parse", "--format", "json", ...regoFlags(v0), source], directory)) as Module;
}

/** The sources are copied, so that the facades lie beside them under names that do not depend on the machine. */
async function compileBehindFacade(opa: string, compilation: Compilation): Promise<Buffer> {
  const { directory, sources, v0 } = compilation;
  const modules: Module[] = [];
  for (const source of sources) modules.push(await parseRego(opa, source, directory, v0));
  const scratch = makeScratch("cabincrew-opa-");
  try {
    for (const source of sources) await cp(path.join(directory, source), path.join(scratch, source));
    const files: string[] = [];
    const entrypoints: string[] = [];
    for (const [index, entrypoint] of compilation.entrypoints.entries()) {
      const facade = writeFacade(modules, entrypoint);
      entrypoints.push(facade === undefined ? entrypoint : facadeOf(entrypoint));
      if (facade === undefined) continue;
      files.push(`${index}-${FACADE_FILE}`);
      await writeFile(path.join(scratch, `${index}-${FACADE_FILE}`), facade, { flag: "wx" });
    }
    return await compileWasm(opa, {
      ...compilation,
      directory: scratch,
      sources: [...sources, ...files],
      entrypoints,
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
