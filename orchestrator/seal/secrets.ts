import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { CabincrewError } from "../../schema/index.ts";

const CHUNK_BYTES = 1024 * 1024;

/** From this length on a value is looked for inside of longer base64 texts as well, such as `user:password`. */
const EMBEDDED_LENGTH = 8;

/**
 * Refuses artifacts that hold the value of a mapped secret (row A16), before a byte of them is stored. Plain values and
 * their base64 are looked for, across chunk borders; a value of fewer than 6 characters is too common to look for.
 */
export async function assertNoSecrets(directory: string, secrets: Readonly<Record<string, string>>): Promise<void> {
  const needles = Object.entries(secrets)
    .filter(([, value]) => value.length >= 6)
    .flatMap(([name, value]) => [value, ...base64Forms(value)].map((text) => ({ name, bytes: Buffer.from(text) })));
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

/**
 * What base64 makes of a value at each of the three places of a group where it may begin; characters that it shares with its
 * neighbours are left out.
 */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value);
  const forms = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const shared = (shift + bytes.length) % 3 !== 0 && bytes.length >= EMBEDDED_LENGTH;
    return text.slice(shift === 0 ? 0 : shift + 1, shared ? -1 : undefined);
  });
  return bytes.length < EMBEDDED_LENGTH ? forms.slice(0, 1) : forms;
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
