// Attacks on files: of the state directory, and of what a plan was made from and judged by.
import { createHash, generateKeyPairSync } from "node:crypto";
import * as fs from "node:fs";
import path from "node:path";

/** Plain files below a directory, relative to it. */
export function filesBelow(directory) {
  return fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** Replaces a file's bytes whatever its mode, and leaves the mode as it was. */
function rewrite(file, change) {
  const { mode } = fs.statSync(file);
  const bytes = change(fs.readFileSync(file));
  fs.rmSync(file);
  fs.writeFileSync(file, bytes);
  fs.chmodSync(file, mode);
}

const flipped = (at) => (bytes) => {
  const copy = Buffer.from(bytes);
  const index = Math.min(copy.length - 1, Math.floor(copy.length * at));
  if (copy.length === 0) return Buffer.from("x");
  copy[index] ^= 1;
  return copy;
};

/** What can be done to one file's bytes; `other` is a file with other bytes. */
export const CHANGES = {
  "first byte changed": (file) => rewrite(file, flipped(0)),
  "middle byte changed": (file) => rewrite(file, flipped(0.5)),
  "last byte changed": (file) => rewrite(file, flipped(1)),
  "last byte cut off": (file) => rewrite(file, (bytes) => bytes.subarray(0, -1)),
  emptied: (file) => rewrite(file, (bytes) => (bytes.length === 0 ? Buffer.from("x") : Buffer.alloc(0))),
  "byte added": (file) => rewrite(file, (bytes) => Buffer.concat([bytes, Buffer.from("\n")])),
  removed: (file) => fs.rmSync(file),
  "replaced by another": (file, other) => rewrite(file, () => fs.readFileSync(other)),
  "replaced by a link to another": (file, other) => {
    fs.rmSync(file);
    fs.symlinkSync(other, file);
  },
  "replaced by a link to nothing": (file) => {
    fs.rmSync(file);
    fs.symlinkSync("/nonexistent/place", file);
  },
  "replaced by a directory": (file) => {
    fs.rmSync(file);
    fs.mkdirSync(file);
  },
};

/** The same bytes behind a link: only content that is never followed through links can tell. */
export function linkToSame(file) {
  fs.renameSync(file, `${file}.moved`);
  fs.symlinkSync(`${file}.moved`, file);
}

/** Every file of the content store, changed in every way; asked of `verify`. */
export function* storeAttacks(pristine) {
  const files = filesBelow(path.join(pristine, "state", "store"));
  for (const [index, file] of files.entries()) {
    const other = files[(index + 1) % files.length];
    const at = (state, name) => path.join(state, "store", name);
    for (const [how, change] of Object.entries({ ...CHANGES, "replaced by a link to itself": linkToSame }))
      yield { kind: `store file ${how}`, name: file, attack: (state) => change(at(state, file), at(state, other)) };
    yield {
      kind: "store file swapped",
      name: file,
      attack: (state) => {
        const [one, two] = [at(state, file), at(state, other)];
        fs.renameSync(one, `${one}.tmp`);
        fs.renameSync(two, one);
        fs.renameSync(`${one}.tmp`, two);
      },
    };
  }
  yield {
    kind: "store removed",
    name: "store",
    attack: (state) => fs.rmSync(path.join(state, "store"), { recursive: true }),
  };
}

function pemOf(type) {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return type === "private"
    ? privateKey.export({ type: "pkcs8", format: "pem" })
    : publicKey.export({ type: "spki", format: "pem" });
}

/** The ledger's key pair; asked of `verify`. */
export function* keyAttacks() {
  const pem = (state) => path.join(state, "keys", "ledger.pem");
  const pub = (state) => path.join(state, "keys", "ledger.pub.pem");
  const attacks = {
    "private key replaced": (state) => rewrite(pem(state), () => pemOf("private")),
    "private key removed": (state) => fs.rmSync(pem(state)),
    "both keys removed": (state) => fs.rmSync(path.join(state, "keys"), { recursive: true }),
    "private key emptied": (state) => rewrite(pem(state), () => ""),
    "private key garbled": (state) => rewrite(pem(state), (bytes) => bytes.toString().replace(/[A-Z]/g, "Q")),
    "private key changed in one character": (state) =>
      rewrite(pem(state), (bytes) =>
        bytes.toString().replace(/(.)(\n-----END)/, (_, last, end) => `${last === "A" ? "B" : "A"}${end}`),
      ),
    "private key readable by others": (state) => fs.chmodSync(pem(state), 0o644),
    "private key writable by others": (state) => fs.chmodSync(pem(state), 0o622),
    "private key is the public one": (state) => fs.copyFileSync(pub(state), pem(state)),
    "public key replaced": (state) => rewrite(pub(state), () => pemOf("public")),
    "public key removed": (state) => fs.rmSync(pub(state)),
    "public key emptied": (state) => rewrite(pub(state), () => ""),
    "public key with a second one": (state) => rewrite(pub(state), (bytes) => `${pemOf("public")}${bytes}`),
    "both keys replaced": (state) => {
      const { privateKey, publicKey } = generateKeyPairSync("ed25519");
      rewrite(pem(state), () => privateKey.export({ type: "pkcs8", format: "pem" }));
      rewrite(pub(state), () => publicKey.export({ type: "spki", format: "pem" }));
    },
    "keys lead nowhere": (state) => {
      fs.rmSync(pem(state));
      fs.symlinkSync("/nonexistent/place", pem(state));
    },
  };
  for (const [name, attack] of Object.entries(attacks)) yield { kind: "ledger keys", name, attack };
}

const LAYOUT = { checksum: 16, head: 48, time: 48, stats: 104 };

/**
 * Makes the workspace cache say that a changed file is the one that was measured: its look as it is now, its digest as it was then,
 * a time long after, and a checksum that fits.
 */
export function forgeCache(state, workspace) {
  const name = createHash("sha256").update(workspace).digest("hex").slice(0, 32);
  const file = path.join(state, "cache", `workspace-${name}`);
  const bytes = fs.readFileSync(file);
  const stat = fs.statSync(path.join(workspace, "notes.txt"), { bigint: true });
  const columns = [stat.size, stat.mtimeNs, stat.ctimeNs, stat.ino, stat.dev];
  for (const [index, value] of columns.entries())
    bytes.writeBigInt64LE(BigInt.asIntN(64, value), LAYOUT.stats + index * 8);
  bytes.writeDoubleLE(Date.now() + 3_600_000, LAYOUT.time);
  createHash("sha256").update(bytes.subarray(LAYOUT.head)).digest().copy(bytes, LAYOUT.checksum);
  fs.writeFileSync(file, bytes);
}

/** A line feed more or less means the same in a document that is parsed. */
const SAME_MEANING = /^[a-z/-]+\.json (byte added|last byte cut off)$/;

/**
 * What an approved plan rests on; exit 2 is a refusal to load it, which leaves the run as it was; asked of `resume`, which must not take off. Governance, authority, engine, workspace, sealed
 * content, what the run left in its own directory.
 */
export function* groundAttacks(scene) {
  const governance = filesBelow(path.join(scene.pristine, "governance"));
  for (const [index, file] of governance.entries()) {
    // The compiled module judges; its sources are for people, and `policy build --check` compares the two.
    const documentation = /\.(md|rego|png)$/.test(file);
    for (const [how, change] of Object.entries(CHANGES))
      yield {
        kind: documentation ? "sources and documentation of packs" : `governance ${how}`,
        name: `${file} ${how}`,
        run: "approved",
        // What judges nothing is no part of the governance, and need not be noticed.
        codes: documentation ? [0, 5] : [2, 5, ...(SAME_MEANING.test(`${file} ${how}`) ? [0] : [])],
        attack: (at) =>
          change(at.below("governance", file), at.below("governance", governance[(index + 1) % governance.length])),
      };
  }
  const authority = (change) => (at) => {
    const file = at.below("governance", "authority.json");
    fs.writeFileSync(file, JSON.stringify(change(JSON.parse(fs.readFileSync(file, "utf8")))));
  };
  const authorities = {
    "approver's role taken away": authority((value) => {
      value.people[0].roles = ["guest"];
      return value;
    }),
    "approver's key replaced by another's": authority((value) => {
      value.people[0].keys = value.people[1].keys;
      value.people.splice(1, 1);
      return value;
    }),
    "approver renamed": authority((value) => {
      value.people[0].id = "mallory";
      return value;
    }),
    "gate raised to two": authority((value) => ({ ...value, gates: { operator: { count: 2 } } })),
    "guest made an operator": authority((value) => {
      value.people[1].roles = ["operator"];
      return value;
    }),
    "written in another way only": (at) => {
      const file = at.below("governance", "authority.json");
      fs.writeFileSync(file, JSON.stringify(JSON.parse(fs.readFileSync(file, "utf8"))));
    },
  };
  for (const [name, attack] of Object.entries(authorities))
    yield { kind: "authority", name, run: "approved", codes: name.startsWith("written") ? [0, 5] : [2, 5], attack };
  const workspace = (at, ...names) => at.below("workspaces", "approved", ...names);
  const notes = (at) => workspace(at, "notes.txt");
  const workspaces = {
    ...Object.fromEntries(
      Object.entries(CHANGES).map(([how, change]) => [
        how,
        (at) => change(notes(at), at.below("workspaces", "planned", "notes.txt")),
      ]),
    ),
    "file added": (at) => fs.writeFileSync(workspace(at, "new"), ""),
    "directory added": (at) => fs.mkdirSync(workspace(at, "new")),
    "made executable": (at) => fs.chmodSync(notes(at), 0o755),
    renamed: (at) => fs.renameSync(notes(at), workspace(at, "Notes.txt")),
    "replaced by a link to itself": (at) => linkToSame(notes(at)),
    "size and time kept": (at) => {
      const { atime, mtime } = fs.statSync(notes(at));
      fs.writeFileSync(notes(at), "APPROVED\n");
      fs.utimesSync(notes(at), atime, mtime);
    },
    "cache forged for the changed file": (at) => {
      fs.writeFileSync(notes(at), "APPROVED\n");
      forgeCache(at.state, workspace(at));
    },
    "policies of its own added": (at) =>
      fs.cpSync(at.below("governance", "policies", "default"), workspace(at, ".cabincrew", "policies", "own"), {
        recursive: true,
      }),
    "ignore file that hides the change": (at) => {
      fs.writeFileSync(notes(at), "other\n");
      fs.writeFileSync(workspace(at, ".cabincrewignore"), "*\n");
    },
    "whole workspace replaced by another's link": (at) => {
      fs.rmSync(workspace(at), { recursive: true });
      fs.symlinkSync(at.below("workspaces", "completed"), workspace(at));
    },
  };
  for (const [name, attack] of Object.entries(workspaces))
    yield {
      kind: "workspace",
      name,
      run: "approved",
      codes: name.endsWith("another") || name.endsWith("nothing") ? [2, 5] : [5],
      attack,
    };
  // Its own copies of what was sealed are made anew for take-off, so they may be anything.
  for (const file of filesBelow(path.join(scene.pristine, "state", "runs", scene.runs.approved.id)))
    for (const [how, change] of Object.entries(CHANGES))
      yield {
        kind: "run's own directory: same effect or refused",
        name: `${file} ${how}`,
        run: "approved",
        codes: [0, 2, 5],
        effect: true,
        attack: (at) => {
          const own = (name) => path.join(at.state, "runs", at.runs.approved.id, name);
          change(own(file), at.below("engines", "waiting"));
        },
      };
  // The engine of a run that another process left in take-off: evidence is asked of the very same engine.
  for (const [how, change] of Object.entries(CHANGES))
    yield {
      kind: "engine",
      name: how,
      run: "unknown",
      // Its outcome is unknown before and after; nothing is started again.
      codes: [2, 5, 9],
      attack: (at) => change(at.below("engines", "waiting"), at.below("governance", "governance.json")),
    };
  for (const [how, change] of Object.entries(CHANGES))
    yield {
      kind: "engine of a plan",
      name: how,
      run: "engine",
      codes: [2, 5],
      attack: (at) => change(at.below("engines", "noting"), at.below("governance", "governance.json")),
    };
}
