/**
 * Places of the host that a sandboxed program has no business in: home directories (keys, tokens, histories), runtime
 * sockets (docker, ssh-agent, dbus) and other people's temporary files. What the search path needs below them stays visible.
 */
import { homedir, userInfo } from "node:os";
import path from "node:path";
import { contains, existing } from "./paths.ts";

const RUNTIME = ["/run", "/var/run", "/tmp", "/var/tmp"];
/** Password hashes, which only root could read, and registry tokens inside toolchains that stay visible. */
const SECRET_FILES = ["/etc/shadow", "/etc/gshadow", "/etc/shadow-", "/etc/gshadow-"];
const TOOLCHAIN_SECRETS = ["credentials", "credentials.toml", ".netrc", ".npmrc", ".pypirc"];
/** `~/.local` also holds keyrings and state, so only these parts of it count as a toolchain. */
const LOCAL_PARTS = ["bin", "lib", "share/pipx", "share/uv", "share/pnpm"];

/** Directories to be covered by empty ones, real paths. */
export function maskedDirectories(): string[] {
  const homes = existing(["/root", "/home", ...ownHomes()]);
  return existing([...homes, ...RUNTIME]).filter((directory) => directory !== "/");
}

/** Directories below `masked` that must stay visible for the programs on `searched` to work. */
export function toolDirectories(searched: string, masked: readonly string[]): string[] {
  const hidden = (directory: string): boolean => masked.some((mask) => mask !== directory && contains(mask, directory));
  const found = existing(searched.split(":")).filter(hidden);
  const prefixes = found.flatMap((directory) => toolchain(directory)).filter(hidden);
  const all = existing(["/run/current-system", ...found, ...prefixes]).filter(hidden);
  // Every mount costs; what lies inside another of them is visible already.
  return all.filter((directory) => !all.some((other) => other !== directory && contains(other, directory)));
}

/** The installation a `bin` directory belongs to, unless that is somebody's home itself. */
function toolchain(directory: string): string[] {
  const prefix = path.dirname(directory);
  if (!["bin", "sbin"].includes(path.basename(directory)) || isHome(prefix)) return [];
  if (path.basename(prefix) === ".local") return LOCAL_PARTS.map((part) => path.join(prefix, part));
  return [prefix];
}

function isHome(directory: string): boolean {
  return path.dirname(directory) === "/home" || existing(["/root", ...ownHomes()]).includes(directory);
}

/** By the password file and by $HOME; a container's user may have neither. */
function ownHomes(): string[] {
  return [() => userInfo().homedir, homedir].flatMap((home) => {
    try {
      return [home()];
    } catch {
      return [];
    }
  });
}

/** Files to be covered by a device that cannot be opened there. */
export function maskedFiles(toolchains: readonly string[]): string[] {
  return existing([
    ...(process.getuid?.() === 0 ? SECRET_FILES : []),
    ...toolchains.flatMap((directory) => TOOLCHAIN_SECRETS.map((name) => path.join(directory, name))),
  ]);
}

/**
 * What must stay visible for `programs` to start: each one's directory, with its installation when it lies in a `bin`; only
 * the file itself where the directory is a home or another place that is hidden as a whole.
 */
export function programPlaces(programs: readonly string[]): string[] {
  const masked = maskedDirectories();
  const places = existing(programs).flatMap((file) => {
    const directory = path.dirname(file);
    if (directory === "/" || masked.includes(directory) || isHome(directory)) return [file];
    return [directory, ...toolchain(directory).filter((prefix) => !masked.includes(prefix))];
  });
  return existing(places).filter((place) => masked.some((mask) => contains(mask, place)));
}
