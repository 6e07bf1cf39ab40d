/** The model process's sandbox: the node binary, its libraries, this program and onnxruntime; no network, no home, no shell. */
import { existsSync, lstatSync, readlinkSync } from "node:fs";
import { looked } from "../schema/index.ts";

/** Fixed places only: what PATH says may have been chosen by the workspace. */
const PLACES = ["/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap", "/run/current-system/sw/bin/bwrap"];
const LIBRARIES = ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/nix/store"];
const SINGLE_FILES = ["/etc/ld.so.cache", "/sys/devices/system/cpu"];

/** Path of bubblewrap on this machine, or undefined. */
export function findBubblewrap(): string | undefined {
  return PLACES.find((place) => existsSync(place));
}

/** Arguments that make `command` see `readable` and the system's libraries, and nothing below `hide`. */
export function bubblewrapArguments(
  readable: readonly string[],
  hide: readonly string[],
  command: readonly string[],
): string[] {
  const seen = [...LIBRARIES.filter((library) => existsSync(library)), ...readable];
  const hidden = hide.filter((directory) => existsSync(directory) && seen.some((top) => isInside(directory, top)));
  return [
    ...["--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL", "--tmpfs", "/tmp"],
    ...seen.flatMap(bind),
    ...SINGLE_FILES.flatMap((file) => ["--ro-bind-try", file, file]),
    ...hidden.flatMap((directory) => ["--tmpfs", directory, "--remount-ro", directory]),
    ...["--remount-ro", "/", "--chdir", "/", "--"],
    ...command,
  ];
}

/** Whether a directory lies in what every model process sees, unless it is hidden. */
export function isVisible(directory: string): boolean {
  return LIBRARIES.some((top) => isInside(directory, top));
}

/** /lib is often a link into /usr; as a link it needs no mount of its own. */
function bind(entry: string): string[] {
  return looked(lstatSync(entry)).isSymbolicLink()
    ? ["--symlink", readlinkSync(entry), entry]
    : ["--ro-bind", entry, entry];
}

function isInside(directory: string, top: string): boolean {
  return directory === top || directory.startsWith(`${top}/`);
}
