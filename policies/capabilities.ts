/**
 * Derives what a policy may call from the parts themselves: `opa` lists every builtin it knows, its compiler says which of them
 * the WebAssembly still expects from outside, and HOST_BUILTINS are those the runtime has. So nothing is listed by hand.
 */
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { makeScratch } from "../schema/index.ts";
import { HOST_BUILTINS } from "./host-builtins.ts";
import { compileWasm, runOpa } from "./opa.ts";
import { listRequiredBuiltins } from "./worker-policy.ts";

interface Builtin {
  readonly name: string;
  readonly deprecated?: boolean;
  readonly decl: { readonly args?: readonly unknown[]; readonly result?: unknown };
}

/** `:=` and `=` are syntax that cannot be called by name; `print` is erased by the compiler. All three need nothing. */
const SYNTAX: ReadonlySet<string> = new Set(["assign", "eq", "print"]);

/** The text of capabilities.json. */
export async function deriveCapabilities(opa: string): Promise<string> {
  const all = JSON.parse(await runOpa(opa, ["capabilities", "--current"])) as { readonly builtins: readonly Builtin[] };
  const callable = all.builtins.filter(({ name, decl, deprecated }) => decl.result && !deprecated && !SYNTAX.has(name));
  const rules = callable.map(({ name, decl }, index) => {
    const args = (decl.args ?? []).map((_, position) => `input.a${position}`).join(", ");
    return `r${index} if {\n\tx := ${name}(${args})\n}\n`;
  });
  const directory = makeScratch("cabincrew-probe-");
  try {
    await writeFile(path.join(directory, "probe.rego"), `package probe\n\n${rules.join("\n")}`);
    const wasm = await compileWasm(opa, { directory, sources: ["probe.rego"], entrypoints: ["probe"] });
    const outside = new Set(listRequiredBuiltins(wasm));
    const native = new Set(callable.map(({ name }) => name).filter((name) => !outside.has(name)));
    const builtins = all.builtins.filter(({ name }) => native.has(name) || SYNTAX.has(name) || HOST_BUILTINS.has(name));
    return `${JSON.stringify({ ...all, builtins }, null, 2)}\n`;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
