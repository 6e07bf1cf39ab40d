import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { collectAndSeal } from "../../../orchestrator/artifacts/collect.ts";
import { foldName, nameProblem } from "../../../orchestrator/artifacts/names.ts";
import { tokenEntries } from "../../../orchestrator/artifacts/token-entries.ts";
import { hashOnly } from "../../../orchestrator/content/hash-only.ts";
import { openContentStore } from "../../../orchestrator/content/local.ts";
import { canonicalJson, compareUtf8, type Receipt } from "../../../schema/index.ts";
import { digest, receiptOf, scratch, writeArtifact } from "./tree.ts";

const LIMITS = { artifacts: 1000, bytes: 1 << 30 };

describe("collecting artifacts (A6)", () => {
  let root: string;
  let dir: string;
  const collect = (receipt: Receipt, limits = LIMITS) => collectAndSeal(dir, receipt, limits, hashOnly);
  const refused = (receipt: Receipt, sentence: RegExp, code = "artifact_invalid") =>
    expect(collect(receipt)).rejects.toMatchObject({ code, message: expect.stringMatching(sentence) });
  beforeEach(() => {
    ({ root, artifacts: dir } = scratch());
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it("seals metadata in canonical form and bodies as they are, sorted by the bytes of their names", async () => {
    const store = openContentStore(path.join(root, "state"));
    const names = ["b", "a", "Z", "é", "\u{1f6eb}", "\uff5e", "with space", "a-b"];
    const entries = names.map((name) =>
      writeArtifact(dir, name, { body: `body of ${name}`, document: { metadata: { z: 1, a: [2, "x"] } } }),
    );
    const sealed = await collectAndSeal(dir, receiptOf(...entries), LIMITS, store);
    expect(sealed.map((artifact) => artifact.name)).toEqual([...names].sort(compareUtf8));
    for (const artifact of sealed) {
      expect((await store.read(artifact.metadata_sha256)).toString()).toBe(canonicalJson(artifact.document));
      expect((await store.read(artifact.body?.sha256 ?? "")).toString()).toBe(`body of ${artifact.name}`);
      expect(artifact).toMatchObject({ role: "evidence", artifact_type: "note", action: "create", mime: "text/plain" });
    }
    expect(tokenEntries([...sealed].reverse())).toEqual(
      sealed.map((artifact) => ({
        name: artifact.name,
        role: "evidence",
        metadata_sha256: artifact.metadata_sha256,
        body_sha256: artifact.body?.sha256,
        body_size: artifact.body?.size,
      })),
    );
  });

  it("accepts artifacts without a body, with an inline one, with an empty one and with a large one", async () => {
    const large = Buffer.alloc((3 << 20) + 5, "x");
    const sealed = await collect(
      receiptOf(
        writeArtifact(dir, "bare"),
        writeArtifact(dir, "inline", { document: { body: { any: "thing" } } }),
        writeArtifact(dir, "empty", { body: "" }),
        writeArtifact(dir, "large", { body: large }),
      ),
    );
    expect(sealed.map((artifact) => [artifact.name, artifact.body])).toEqual([
      ["bare", undefined],
      ["empty", { sha256: digest(""), size: 0 }],
      ["inline", undefined],
      ["large", { sha256: digest(large), size: large.length }],
    ]);
    expect(tokenEntries(sealed)[0]).not.toHaveProperty("body_sha256");
  });

  it("accepts an empty directory with a receipt that lists nothing", async () => {
    expect(await collect(receiptOf())).toEqual([]);
  });

  it("accepts receipt paths of artifact.json, of the body file and of the folder, with either hash for the folder", async () => {
    const entry = writeArtifact(dir, "a", { body: "text" });
    for (const [where, hash, size] of [
      ["a/artifact.json", entry.hash, undefined],
      ["./a/artifact.json", `sha256:${entry.hash}`, undefined],
      ["a/body.txt", digest("text"), 4],
      ["a", digest("text"), 4],
      ["a/", entry.hash, undefined],
    ] as const)
      await expect(
        collect(receiptOf({ ...entry, path: where, hash, ...(size === undefined ? {} : { size }) })),
      ).resolves.toHaveLength(1);
  });

  it("refuses receipt paths outside the artifact's folder", async () => {
    const entry = writeArtifact(dir, "a");
    writeArtifact(dir, "b");
    const other = { ...entry, name: "b", path: "b/artifact.json" };
    for (const where of [
      "../a/artifact.json",
      "/etc/passwd",
      "b/artifact.json",
      "a/../a/artifact.json",
      "a/x/artifact.json",
      "a/..",
      "a//",
      "artifact.json",
    ])
      await refused(receiptOf({ ...entry, path: where }, other), /does not lie in its folder/);
    await refused(receiptOf({ ...entry, path: "a/other" }, other), /does not exist/);
  });

  it("refuses hashes and sizes that are not those of the bytes", async () => {
    const entry = writeArtifact(dir, "a", { body: "text" });
    await refused(receiptOf({ ...entry, hash: digest("other") }), /"a".*claims SHA-256/);
    await refused(receiptOf({ ...entry, hash: digest("text") }), /claims SHA-256/);
    await refused(receiptOf({ ...entry, path: "a/body.txt", hash: digest("text"), size: 5 }), /claims 5 bytes/);
  });

  it("refuses a receipt that lists too much, too little or anything twice", async () => {
    const entry = writeArtifact(dir, "a");
    await refused(receiptOf(), /"a".*does not list it/);
    await refused({ ...receiptOf(), artifacts: undefined } as never, /does not list it/);
    await refused(receiptOf(entry, { ...entry, name: "ghost", path: "ghost" }), /"ghost".*no folder/);
    await refused(receiptOf(entry, entry), /twice/);
  });

  it("refuses receipt names that are no plain names", async () => {
    for (const name of ["..", ".hidden", "/abs", "a/b", "", "x\u0000", "x\n", "x\u202ey", "é".repeat(128), "\ud800"])
      await refused(receiptOf({ name, role: "evidence", path: "a", hash: digest("") }), /receipt lists it/);
  });

  it("refuses names that are one name on file systems that fold case or normalise", async () => {
    const pairs = [
      ["README", "readme"],
      ["\u00e9", "e\u0301"],
      ["straße", "STRASSE"],
    ];
    for (const [one = "", two = ""] of pairs) {
      const entries = [writeArtifact(dir, one), writeArtifact(dir, two)];
      await refused(receiptOf(...entries), /same on file systems/);
      for (const name of [one, two]) rmSync(path.join(dir, name), { recursive: true });
    }
  });

  it("refuses folder names with a leading dot, control characters or bytes that are no UTF-8", async () => {
    for (const name of [".x", "a\tb"]) {
      mkdirSync(path.join(dir, name));
      await refused(receiptOf(), /its name/);
      rmSync(path.join(dir, name), { recursive: true });
    }
    mkdirSync(Buffer.concat([Buffer.from(`${dir}/x`), Buffer.from([0xff])]));
    await refused(receiptOf(), /not valid UTF-8/);
  });

  it("refuses a folder without artifact.json", async () => {
    mkdirSync(path.join(dir, "a"));
    await refused(receiptOf({ name: "a", role: "log", path: "a", hash: digest("") }), /"a".*no artifact\.json/);
  });

  it.each([
    ["that is empty", " \n", /is empty/],
    ["that is no JSON", "{nope", /not one JSON document/],
    ["of two documents", '{"artifact_type":"x","action":"y","mime":"z"}{}', /not one JSON document/],
    ["with a byte order mark", "\ufeff{}", /not one JSON document/],
    ["that is no UTF-8", Buffer.from([0x7b, 0xff, 0x7d]), /not valid UTF-8/],
    ["that lacks keys", "{}", /is not valid/],
    ["with unknown keys", '{"artifact_type":"x","action":"y","mime":"z","colour":1}', /unknown key `colour`/],
    [
      "with two bodies",
      '{"artifact_type":"x","action":"y","mime":"z","body":"b","body_file":"f"}',
      /both `body` and `body_file`/,
    ],
    [
      "with an infinite number",
      '{"artifact_type":"x","action":"y","mime":"z","metadata":{"n":1e999}}',
      /no canonical form/,
    ],
    [
      "with a key twice",
      '{"artifact_type":"x","action":"y","mime":"z","metadata":{"a:":[{"n":1,"\\u006e":2}]}}',
      /a key twice/,
    ],
    [
      "with a number that loses digits",
      '{"artifact_type":"x","action":"y","mime":"z","metadata":{"id":-12345678901234567}}',
      /more digits/,
    ],
    [
      "with a lone surrogate",
      '{"artifact_type":"x","action":"y","mime":"z","metadata":{"s":"\\ud800"}}',
      /no canonical form/,
    ],
    [
      "nested without end",
      `{"artifact_type":"x","action":"y","mime":"z","metadata":{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`,
      /nested more than 500 levels deep/,
    ],
    [
      "nested deeper than an export of it could be read",
      `{"artifact_type":"x","action":"y","mime":"z","metadata":{"a":${"[".repeat(501)}${"]".repeat(501)}}}`,
      /nested more than 500 levels deep/,
    ],
    [
      "whose body is missing",
      '{"artifact_type":"x","action":"y","mime":"z","body_file":"f"}',
      /body file "f" is missing/,
    ],
    [
      "whose body is itself",
      '{"artifact_type":"x","action":"y","mime":"z","body_file":"artifact.json"}',
      /artifact\.json itself/,
    ],
    ["whose body is ..", '{"artifact_type":"x","action":"y","mime":"z","body_file":".."}', /cannot be used/],
    ["whose body is elsewhere", '{"artifact_type":"x","action":"y","mime":"z","body_file":"../f"}', /body_file/],
    ["larger than 8 MiB", " ".repeat((8 << 20) + 1), /more than 8388608/],
  ])("refuses an artifact.json %s", async (_, raw, sentence) => {
    await refused(receiptOf(writeArtifact(dir, "a", { raw })), sentence);
  });

  it("refuses an undeclared file, a sub-directory, a symlink, a FIFO, a socket, a hard link and a device in a folder", async () => {
    const entry = writeArtifact(dir, "a", { body: "text" });
    const extra = path.join(dir, "a", "extra");
    const tries: [() => void, RegExp][] = [
      [() => writeFileSync(extra, ""), /"extra".*does not declare/],
      [() => mkdirSync(extra), /is a directory/],
      [() => symlinkSync("/etc/passwd", extra), /is a symlink/],
      [() => execFileSync("mkfifo", [extra]), /is a FIFO/],
      [
        () =>
          execFileSync("python3", ["-c", "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])", extra]),
        /is a socket/,
      ],
      [() => linkSync(path.join(dir, "a", "body.txt"), path.join(root, "second")), /hard-linked/],
    ];
    if (process.getuid?.() === 0) tries.push([() => execFileSync("mknod", [extra, "c", "1", "3"]), /is a device/]);
    for (const [make, sentence] of tries) {
      make();
      await refused(receiptOf(entry), sentence);
      rmSync(extra, { recursive: true, force: true });
      rmSync(path.join(root, "second"), { force: true });
    }
    await expect(collect(receiptOf(entry))).resolves.toHaveLength(1);
  });

  it("refuses anything but folders in the artifacts directory, and the directory itself as a symlink", async () => {
    writeFileSync(path.join(dir, "loose"), "");
    await refused(receiptOf(), /"loose".*only folders/);
    rmSync(path.join(dir, "loose"));
    symlinkSync("/etc", path.join(dir, "link"));
    await refused(receiptOf(), /"link".*a symlink/);
    rmSync(dir, { recursive: true });
    symlinkSync("/etc", dir);
    await refused(receiptOf(), /a symlink/);
    rmSync(dir);
    await refused(receiptOf(), /missing/);
  });

  it("refuses a body that is a symlink to a file of the right content", async () => {
    const entry = writeArtifact(dir, "a", { body: "text" });
    writeFileSync(path.join(root, "outside"), "text");
    rmSync(path.join(dir, "a", "body.txt"));
    symlinkSync(path.join(root, "outside"), path.join(dir, "a", "body.txt"));
    await refused(receiptOf(entry), /symlink/);
  });

  it("stops at the limits before it reads what is beyond them", async () => {
    const entries = ["a", "b", "c"].map((name) => writeArtifact(dir, name, { body: "x" }));
    await expect(collect(receiptOf(...entries), { artifacts: 2, bytes: 1 << 20 })).rejects.toMatchObject({
      code: "engine_limit",
    });
    truncateSync(path.join(dir, "c", "body.txt"), 2 ** 40);
    await expect(collect(receiptOf(...entries))).rejects.toMatchObject({
      code: "engine_limit",
      detail: { artifact: "c" },
    });
  });

  it("gives every sentence about a bad name without its control characters", async () => {
    mkdirSync(path.join(dir, "a\u001b[31mred"));
    const error: unknown = await collect(receiptOf()).catch((caught) => caught);
    expect(String(error)).not.toContain("\u001b");
  });
});

describe("artifact names", () => {
  it("are either refused or one path component that every system can show", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 0, maxLength: 300 }), (name) => {
        if (nameProblem(name) !== undefined) return;
        expect(path.join("/base", name)).toBe(`/base/${name}`);
        expect(Buffer.from(name).toString()).toBe(name);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
        expect(foldName(foldName(name))).toBe(foldName(name));
      }),
    );
  });
});
