import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { secretForms } from "../../engines/index.ts";
import { CabincrewError } from "../../schema/index.ts";
import type { RunSpec } from "../ledger/event.ts";

const CHUNK_BYTES = 1024 * 1024;
/** Shorter values are too common to look for. */
const LEAST_LENGTH = 6;
/** A line of a many-line secret that is one long word is key material, wherever it is written. */
const KEY_LINE = /^\S{40,}$/;

/** What to look for, by the name of the secret that it gives away. */
interface Needle {
  readonly name: string;
  readonly text: string;
}

function needlesOf(secrets: Readonly<Record<string, string>>): readonly Needle[] {
  return Object.entries(secrets)
    .filter(([, value]) => value.length >= LEAST_LENGTH)
    .flatMap(([name, value]) => {
      const lines = value.split(/\r?\n/).filter((line) => KEY_LINE.test(line) && line !== value);
      return [...secretForms(value), ...lines].map((text) => ({ name, text }));
    });
}

/**
 * Refuses a request that itself holds the value of a mapped secret, as when a shell put it in the place of "$TOKEN": requests are
 * recorded, and their plan is shown. Throws config_invalid, naming the secret and not its value.
 */
export function assertRequestTellsNone(spec: RunSpec, secrets: Readonly<Record<string, string>>): void {
  const { workspace, command, config, permissions } = spec;
  const asked = JSON.stringify({ workspace, command, config, read: permissions.read, write: permissions.write });
  const told = needlesOf(secrets).find((needle) => asked.includes(needle.text));
  if (!told) return;
  throw new CabincrewError(
    "config_invalid",
    `The request itself holds the value of the mapped secret ${told.name}, and requests are recorded.`,
    {
      next: `Let the engine or command read ${told.name} itself; quote it so that your shell does not put the value in its place.`,
    },
  );
}

/**
 * Refuses artifacts that hold the value of a mapped secret (row A16), before a byte of them is stored. Values are looked
 * for in every form that is masked in logs, across chunk borders; one of fewer than 6 characters is too common to look for.
 */
export async function assertNoSecrets(directory: string, secrets: Readonly<Record<string, string>>): Promise<void> {
  const needles = needlesOf(secrets).map(({ name, text }) => ({ name, bytes: Buffer.from(text) }));
  if (needles.length === 0) return;
  const overlap = Math.max(...needles.map((needle) => needle.bytes.length)) - 1;
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const inName = needles.find((needle) => Buffer.from(entry.name).includes(needle.bytes));
    if (inName) refuse(entry.name.replaceAll(inName.bytes.toString(), "***"), inName.name);
    if (!entry.isFile()) continue;
    let tail: Buffer = Buffer.alloc(0);
    for await (const chunk of createReadStream(path.join(entry.parentPath, entry.name), {
      highWaterMark: CHUNK_BYTES,
    })) {
      const window = Buffer.concat([tail, chunk as Buffer]);
      const found = needles.find((needle) => window.includes(needle.bytes));
      if (found) refuse(path.relative(directory, path.join(entry.parentPath, entry.name)), found.name);
      tail = window.subarray(Math.max(0, window.length - overlap));
    }
  }
}

function refuse(file: string, secret: string): never {
  throw new CabincrewError(
    "artifact_invalid",
    `The artifact file ${file} holds the value of the mapped secret ${secret}.`,
    {
      next: "Make the engine or command write a reference to the secret instead of its value.",
    },
  );
}
