/** Files that people, workspaces and tools bring: read whole, hostile in every byte. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { readManifest } from "../../../engines/manifest-file.ts";
import { generateApproverKey, loadAuthority } from "../../../orchestrator/authority/index.ts";
import { readPrivateKey, writeKey } from "../../../orchestrator/authority/key-files.ts";
import { parsePublicText } from "../../../orchestrator/authority/public-key.ts";
import { loadGovernance } from "../../../orchestrator/governance/index.ts";
import { hashWorkspace } from "../../../orchestrator/workspace/hash.ts";
import { loadIgnoreRules } from "../../../orchestrator/workspace/ignore-rules.ts";
import { loadTree } from "../../../orchestrator/workspace/tree-file.ts";
import { readArchive } from "../../../policies/bundle/archive.ts";
import { parseText } from "../../../policies/view/parse.ts";
import { HONEST } from "./honest.ts";
import { mutateBytes, NASTY_TEXTS } from "./mutate.ts";
import type { Subject } from "./subject.ts";

const AUTHORITY = (key: string) => `# who may approve
version: 1
people:
  - id: ada
    roles: [operator, security]
    keys: ["${key}"]
gates:
  operator: { count: 1 }
separation_of_duties: false
`;
const GOVERNANCE = `version: 1
policies:
  - builtin:default
data:
  thresholds: &t
    warn_lines: 10
approval_ttl_seconds: 3600
`;
const IGNORES = ["*.log", "/build/", "!keep.log", "**/a/**", "[a-z]?.txt", "a\\ b", "#c", "", "[", "a**b", "{x,y}"];
const SAMPLES: Readonly<Record<string, string>> = {
  "deploy.yaml": `a: &x [1, 2]\nb: *x\n---\nc: {d: "e", f: !!str 1}\n? g\n: |\n  text\n`,
  "package.json": `{"name":"a","scripts":{"postinstall":"x"},"deps":{"b":[1,2.5e3,"\\u0041"]}}`,
  "Cargo.toml": `[package]\nname = "a"\nversion = "1.0"\n[[bin]]\npath = 'b'\nd = 2020-01-01T00:00:00Z\n`,
};

/** `scratch` is a directory of the campaign's own. */
export async function files(scratch = mkdtempSync(path.join(tmpdir(), "cabincrew-input-"))): Promise<Subject[]> {
  const workspace = path.join(scratch, "workspace");
  mkdirSync(path.join(workspace, "src"), { recursive: true });
  for (const name of ["a.txt", "src/b.txt"]) writeFileSync(path.join(workspace, name), name);
  const cacheFile = path.join(scratch, "tree");
  await hashWorkspace(workspace, { cacheFile, now: Date.now() - 60_000 });
  const tree = readFileSync(cacheFile);
  const key = generateApproverKey();
  const privateKey = readFileSync(writeKey(path.join(scratch, "keys"), "ada", key).privateFile);
  const archive = tarOf({ "data.json": '{"a":1}', "policy.wasm": "\0asm", ".manifest": '{"revision":"1"}' });
  const written = (name: string, bytes: Buffer | string, mode = 0o600): string => {
    const file = path.join(scratch, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes, { mode });
    return file;
  };

  return [
    {
      name: "authority file",
      share: 4,
      once: async (random) => {
        const authority = await loadAuthority(
          written("authority.yaml", mutateBytes(Buffer.from(AUTHORITY(key.publicText)), random)),
        );
        return authority.people.length > 0 ? undefined : "accepted an authority of nobody";
      },
    },
    {
      name: "governance file",
      share: 2,
      once: async (random) => {
        written("governance/governance.yaml", mutateBytes(Buffer.from(GOVERNANCE), random));
        const { digest } = await loadGovernance({
          governanceDir: path.join(scratch, "governance"),
          configDir: path.join(scratch, "config"),
          workspace,
        });
        return /^[0-9a-f]{64}$/.test(digest) ? undefined : `its digest is ${digest}`;
      },
    },
    {
      name: "engine manifest",
      share: 4,
      once(random) {
        readManifest(
          written("engine.json", mutateBytes(Buffer.from(JSON.stringify(HONEST.engineManifest[0])), random)),
        );
        return undefined;
      },
    },
    {
      name: "stat cache",
      share: 4,
      once(random) {
        const changed = mutateBytes(tree, random);
        const loaded = loadTree(written("tree-hostile", changed));
        return loaded === undefined || changed.equals(tree) ? undefined : "a damaged cache was taken for whole";
      },
    },
    {
      name: "ignore file",
      share: 4,
      once: async (random) => {
        const patterns = Array.from({ length: 1 + random.below(6) }, () => random.pick([...IGNORES, ...NASTY_TEXTS]));
        written("workspace/.cabincrewignore", mutateBytes(Buffer.from(patterns.join("\n")), random));
        const isOutside = await loadIgnoreRules(Buffer.from(workspace).toString("latin1"));
        for (const name of ["a.txt", "src/b.txt", `${"d/".repeat(50)}e`, "a b", "\xff"]) isOutside?.(name, false);
        return undefined;
      },
    },
    {
      name: "private key",
      share: 2,
      once(random) {
        const changed = mutateBytes(privateKey, random);
        const read = readPrivateKey(written("key", changed));
        return read.publicText === key.publicText || !changed.equals(privateKey) ? undefined : "read another key";
      },
    },
    {
      name: "public key",
      share: 6,
      once(random) {
        const text = mutateBytes(Buffer.from(key.publicText), random).toString();
        const read = parsePublicText(text, "authority_invalid", "The key of ada");
        return read.text === text ? undefined : `took ${JSON.stringify(text)} for ${read.text}`;
      },
    },
    {
      name: "reviewed documents",
      share: 6,
      once: async (random) => {
        const [name, sample] = random.pick(Object.entries(SAMPLES));
        const text = mutateBytes(Buffer.from(sample), random).toString();
        const parsed = await parseText(name, text, { parser: "auto", yaml: "1.2", lines: true });
        if ("unreadable" in parsed) return undefined;
        const last = text.split(/\r\n|\r|\n/).length;
        const wrong = parsed.documents
          .flatMap(({ lines }) => Object.entries(lines))
          .find(([, line]) => line < 1 || line > last);
        return wrong
          ? `${name}: ${wrong[0]} stands on line ${wrong[1]} of ${last}: ${JSON.stringify(text)}`
          : undefined;
      },
    },
    {
      name: "policy bundle",
      share: 3,
      once: async (random) => {
        const bytes = random.chance(2)
          ? mutateBytes(gzipSync(archive), random)
          : gzipSync(mutateBytes(archive, random));
        const files = await readArchive(bytes, "The bundle");
        const odd = [...files.keys()].find((name) => name.startsWith("/") || name.split("/").includes(".."));
        return odd === undefined ? undefined : `holds ${odd}`;
      },
    },
  ];
}

/** A tar archive of plain files (POSIX ustar). */
function tarOf(contents: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(contents).flatMap(([name, text]) => {
    const head = Buffer.alloc(512);
    head.write(name, 0, 100);
    head.write("0000644\0", 100);
    head.write("0000000\0", 108);
    head.write("0000000\0", 116);
    head.write(`${text.length.toString(8).padStart(11, "0")}\0`, 124);
    head.write("00000000000\0", 136);
    head.write("        0", 148);
    head.write("ustar\0" + "00", 257);
    const sum = head.reduce((total, byte) => total + byte, 0);
    head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    const body = Buffer.alloc(Math.ceil(text.length / 512) * 512);
    body.write(text);
    return [head, body];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
