import { readFileSync, realpathSync } from "node:fs";

/**
 * Whether programs on the file system of `file` may not be started (mount option noexec, usual for /tmp of hardened machines), whatever
 * the file's own mode says. False where the system does not tell.
 */
export function isOnNoexec(file: string): boolean {
  try {
    return optionsOf(realpathSync.native(file), readFileSync("/proc/self/mountinfo", "utf8")).includes("noexec");
  } catch {
    return false;
  }
}

/** Options of the innermost mount that holds the path; of several at one place the last lies above the others. */
function optionsOf(file: string, mounts: string): readonly string[] {
  let [innermost, options]: [string, readonly string[]] = ["", []];
  for (const line of mounts.split("\n")) {
    const [, , , , escaped = "", listed = ""] = line.split(" ");
    const place = escaped.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    const holds = place === "/" || file === place || file.startsWith(`${place}/`);
    if (place !== "" && holds && place.length >= innermost.length) [innermost, options] = [place, listed.split(",")];
  }
  return options;
}
