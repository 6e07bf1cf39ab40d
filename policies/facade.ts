/**
 * A package in front of one that opa does not compile as a whole: where a function refers to a rule of its own package, `opa build`
 * takes the function for a mistaken reference as soon as the package is an entry point. The facade repeats the rules that
 * count in a judgement, so the answer is the same.
 */
import { RULE_SET } from "./result.ts";

/** The parts of what `opa parse` prints that matter here. */
export interface Module {
  readonly package: { readonly path: readonly { readonly value: string }[] };
  readonly rules?: readonly {
    readonly head: {
      readonly name?: string;
      readonly ref?: readonly { readonly value: string }[];
      readonly args?: readonly unknown[];
    };
  }[];
}

const ANSWER = new RegExp(`${RULE_SET.source}|^(?:exception|decision|reason|violations|warnings)$`);

/** The entry point that stands for another: WebAssembly that has not the one has the other. */
export function facadeOf(entrypoint: string): string {
  return `cabincrew/facade/${entrypoint}`;
}

/** Rego for an entry point; undefined where that is no package with rules that count. */
export function writeFacade(modules: readonly Module[], entrypoint: string): string | undefined {
  const own = modules.filter((module) => packageOf(module) === entrypoint);
  const names = new Set(own.flatMap(ruleNames).filter((name) => ANSWER.test(name)));
  if (names.size === 0) return undefined;
  const place = entrypoint
    .split("/")
    .map((part) => `[${JSON.stringify(part)}]`)
    .join("");
  const rules = [...names].sort().map((name) => `${name} := data${place}.${name}\n`);
  return `package cabincrew.facade${place}\n\n${rules.join("\n")}`;
}

/** `main` or `acme/limits`. */
export function packageOf({ package: { path } }: Module): string {
  return path
    .slice(1)
    .map(({ value }) => value)
    .join("/");
}

/** Names of a module's rules; functions are none. */
export function ruleNames({ rules = [] }: Module): string[] {
  return rules.filter(({ head }) => !head.args).map(({ head }) => head.name ?? head.ref?.[0]?.value ?? "");
}
