/** The user's own files, looked at from outside: modes, owners and the file system. Nothing is opened, nothing is written. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  type Stats,
  statfsSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { whyOf } from "../../../schema/index.ts";
import type { Attack } from "../attack.ts";
import { assumeThat, Broken, expectHeld } from "../outcome.ts";
import type { Scratch } from "../scratch.ts";

/** File systems that live in memory only (linux/magic.h): tmpfs and ramfs. */
const IN_MEMORY: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

const mode = (stat: Stats) => (stat.mode & 0o7777).toString(8).padStart(4, "0");

/** What of these can be read or written by others; links are looked at themselves. */
function open(files: readonly string[]): readonly string[] {
  return files.flatMap((file) => {
    const stat = lstatSync(file, { throwIfNoEntry: false });
    return stat && (stat.mode & 0o077) !== 0 ? [`${file} has mode ${mode(stat)}`] : [];
  });
}

async function statePrivate({ options: { stateDir } }: Scratch): Promise<string> {
  assumeThat(existsSync(stateDir), `There is no state directory yet (${stateDir})`);
  const files = [stateDir, path.join(stateDir, "keys"), path.join(stateDir, "keys", "ledger.pem")];
  const found = open(files);
  expectHeld(found.length === 0, `Others can enter: ${found.join("; ")}.`);
  const uid = process.getuid?.();
  const owned = files.every((file) =>
    [uid, undefined].includes(lstatSync(file, { throwIfNoEntry: false })?.uid ?? uid),
  );
  expectHeld(owned, `Something in ${stateDir} belongs to another user.`);
  return `${stateDir}, its keys and the ledger's signing key are open to their owner alone.`;
}

async function keysPrivate({ options: { configDir } }: Scratch): Promise<string> {
  const directory = path.join(configDir, "keys");
  const keys = existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith(".pem")) : [];
  assumeThat(keys.length > 0, `There is no approver's key in ${directory}`);
  const found = open(keys.map((name) => path.join(directory, name)));
  expectHeld(found.length === 0, `Others can read a private key: ${found.join("; ")}.`);
  return `${keys.length} private keys in ${directory} are open to their owner alone.`;
}

async function governanceOwned({ governance }: Scratch): Promise<string> {
  const { directory } = governance;
  assumeThat(directory !== undefined, "The shipped governance is in force; it has no directory of its own");
  const packs = [...governance.policies, ...governance.models].filter(({ origin }) => origin !== "workspace");
  const roots = [directory, ...packs.map((pack) => pack.directory)];
  const files = roots.flatMap((root) => [root, ...entriesOf(root)]);
  const writable = [...new Set(files)].filter((file) => {
    const stat = lstatSync(file, { throwIfNoEntry: false });
    return stat !== undefined && !stat.isSymbolicLink() && (stat.mode & 0o002) !== 0;
  });
  expectHeld(writable.length === 0, `Everybody can change what governs: ${writable.slice(0, 3).join(", ")}.`);
  return `${new Set(files).size} files and directories of governance; none can be changed by everybody.`;
}

function entriesOf(root: string): readonly string[] {
  if (!lstatSync(root).isDirectory()) return [];
  return readdirSync(root, { withFileTypes: true }).map((entry) => path.join(root, entry.name));
}

async function durable(scratch: Scratch): Promise<string> {
  const { stateDir } = scratch.options;
  let existing = path.resolve(stateDir);
  while (!existsSync(existing)) existing = path.dirname(existing);
  const { type } = statfsSync(existing);
  expectHeld(!IN_MEMORY.has(type), `${existing} lies in memory: with the power the ledger goes.`);
  const { root } = scratch.place("durable");
  try {
    flush(path.join(root, "flushed"), "w");
    flush(root, "r");
  } catch (error) {
    throw new Broken(`The system does not flush files: ${whyOf(error)}`);
  }
  return `${stateDir} lies on a disk (file system type 0x${type.toString(16)}), and files and directories can be flushed.`;
}

function flush(file: string, flags: "w" | "r"): void {
  const fd = openSync(file, flags);
  try {
    if (flags === "w") writeSync(fd, "flushed\n");
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

export const FILES: readonly Attack[] = [
  {
    id: "state-private",
    guarantee: "Ledger, artifacts and signing key are open to their owner alone",
    remedy: "Find out who could have read them; then chmod 700 the directories and chmod 600 the key.",
    run: statePrivate,
  },
  {
    id: "keys-private",
    guarantee: "Approvers' private keys are open to their owner alone",
    remedy: "Make a new key with `cabincrew key generate`; if nobody could have copied it, chmod 600 the file.",
    run: keysPrivate,
  },
  {
    id: "governance-owned",
    guarantee: "Not everybody on this machine can change what governs",
    remedy: "Take the write permission of others away: chmod -R o-w the directory.",
    run: governanceOwned,
  },
  {
    id: "state-durable",
    guarantee: "What was acknowledged survives a power cut",
    remedy: "Name a state directory on a local disk with --state-dir.",
    run: durable,
  },
];
