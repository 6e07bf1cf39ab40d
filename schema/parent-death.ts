import { readFileSync } from "node:fs";

const OPTION = "--pdeathsig";

const known = new Map<string, readonly string[]>();

/**
 * What a command line begins with, so that the kernel ends the program with the process that started it, however that ends; nothing
 * where `setpriv`, the absolute path of that program, is missing or has no such option. That of util-linux has it from 2.33 on,
 * busybox's has not: these would start nothing at all. A program holds the names of its long options, so it need not be asked.
 */
export function endingWithParent(setpriv: string | undefined): readonly string[] {
  if (setpriv === undefined) return [];
  const prefix = known.get(setpriv) ?? (holdsOption(setpriv) ? [setpriv, OPTION, "KILL", "--"] : []);
  known.set(setpriv, prefix);
  return prefix;
}

function holdsOption(file: string): boolean {
  try {
    return readFileSync(file).includes(OPTION.slice(2));
  } catch {
    return false;
  }
}
