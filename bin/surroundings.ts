import os from "node:os";
import path from "node:path";
import type { CrewOptions } from "../orchestrator/index.ts";
import { usageError } from "./failure.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** --state-dir, else $CABINCREW_STATE_DIR, else $XDG_STATE_HOME/cabincrew, else ~/.local/state/cabincrew (DESIGN section 3). */
export function stateDirectory(flag: string | undefined, env: Environment): string {
  if (flag) return path.resolve(flag);
  const own = env["CABINCREW_STATE_DIR"];
  if (own) return path.resolve(own);
  return path.join(xdg(env["XDG_STATE_HOME"], ".local/state"), "cabincrew");
}

/** $XDG_CONFIG_HOME/cabincrew, else ~/.config/cabincrew. */
export function configDirectory(env: Environment): string {
  return path.join(xdg(env["XDG_CONFIG_HOME"], ".config"), "cabincrew");
}

/** The operating-system user; the ledger says that this identity was not proven. */
export function systemPrincipal(): CrewOptions["principal"] {
  return { id: userName(), proven: false };
}

/** What the library needs from flags and the environment. */
export function crewOptions(
  flags: { readonly "state-dir": string | undefined; readonly governance: string | undefined },
  env: Environment,
): CrewOptions {
  return {
    stateDir: stateDirectory(flags["state-dir"], env),
    configDir: configDirectory(env),
    ...(flags.governance ? { governanceDir: path.resolve(flags.governance) } : {}),
    environment: env,
    principal: systemPrincipal(),
  };
}

/** The XDG specification ignores relative values. */
function xdg(value: string | undefined, fallback: string): string {
  return value && path.isAbsolute(value) ? value : path.join(homeDirectory(), fallback);
}

/** Throws `usage` for a user who has none, neither in HOME nor in the password file, as in some containers. */
function homeDirectory(): string {
  try {
    return os.homedir();
  } catch {
    throw usageError(
      "You have no home directory: HOME is not set, and the password file does not know you.",
      "Set HOME, or XDG_STATE_HOME and XDG_CONFIG_HOME, to directories that you can write.",
    );
  }
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return `uid:${process.getuid?.() ?? "unknown"}`; // a container's user without an entry in the password file
  }
}
