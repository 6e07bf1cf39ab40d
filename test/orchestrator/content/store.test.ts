import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hashOnly } from "../../../orchestrator/content/hash-only.ts";
import { openContentStore } from "../../../orchestrator/content/local.ts";
import type { ContentStore } from "../../../orchestrator/content/port.ts";
import { canMountSmallDisk, mountSmallDisk, unmountSmallDisk } from "../small-disk.ts";

const digest = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");
const LARGE = 5 * (1 << 20) + 17;

describe("the content store on a local file system", () => {
  let state: string;
  let store: ContentStore;
  const fileOf = (sha256: string) => path.join(state, "store", sha256.slice(0, 2), sha256);
  const tamper = (sha256: string, change: (file: string) => void) => {
    chmodSync(fileOf(sha256), 0o644);
    change(fileOf(sha256));
  };
  beforeEach(() => {
    state = mkdtempSync(path.join(tmpdir(), "cabincrew-content-"));
    store = openContentStore(state);
  });
  afterEach(() => rmSync(state, { recursive: true, force: true }));

  it("creates nothing before the first put", () => {
    expect(readdirSync(state)).toEqual([]);
  });

  it("stores bytes under their SHA-256, read-only, and leaves no temporary file", async () => {
    const stored = await store.putBytes(Buffer.from("hello"));
    expect(stored).toEqual({ sha256: digest("hello"), size: 5 });
    expect(readFileSync(fileOf(stored.sha256), "utf8")).toBe("hello");
    expect(statSync(fileOf(stored.sha256)).mode & 0o7777).toBe(0o444);
    expect(readdirSync(path.join(state, "store", "tmp"))).toEqual([]);
    expect(await store.has(stored.sha256)).toBe(true);
    expect(await store.has(digest("other"))).toBe(false);
  });

  it("stores small, empty and large files and gives the same bytes back", async () => {
    for (const bytes of [Buffer.alloc(0), randomBytes(10), randomBytes(1 << 20), randomBytes(LARGE)]) {
      const file = path.join(state, "source");
      writeFileSync(file, bytes);
      const stored = await store.putFile(file);
      expect(stored).toEqual({ sha256: digest(bytes), size: bytes.length });
      expect((await store.read(stored.sha256)).equals(bytes)).toBe(true);
      expect(await store.verify(stored.sha256)).toBe(bytes.length);
      const chunks: Buffer[] = [];
      for await (const chunk of await store.openStream(stored.sha256)) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
      expect(await hashOnly.putFile(file)).toEqual(stored);
    }
  });

  it("stores thousands of contents in one call, in the order given, duplicates included", async () => {
    const contents = Array.from({ length: 2000 }, (_, i) => Buffer.from(`content ${i % 1500}`));
    const stored = await store.putMany(contents);
    expect(stored.map((content) => content.sha256)).toEqual(contents.map((bytes) => digest(bytes)));
    expect(await hashOnly.putMany(contents)).toEqual(stored);
    expect((await store.read(digest("content 1499"))).toString()).toBe("content 1499");
    expect(readdirSync(path.join(state, "store", "tmp"))).toEqual([]);
  });

  it("looks at content each time, also at what it knows to be there for good", async () => {
    const bytes = [Buffer.from("one"), Buffer.from("two")];
    for (let round = 0; round < 3; round += 1) await store.putMany(bytes);
    const { sha256 } = await store.putBytes(Buffer.from("one"));
    rmSync(fileOf(sha256));
    await store.putMany(bytes);
    expect(readFileSync(fileOf(sha256), "utf8")).toBe("one");
    tamper(sha256, (file) => writeFileSync(file, "longer"));
    await expect(store.putMany(bytes)).rejects.toMatchObject({ code: "ledger_corrupt" });
  });

  it("never rewrites content that exists", async () => {
    const { sha256 } = await store.putBytes(Buffer.from("once"));
    const before = statSync(fileOf(sha256), { bigint: true });
    await store.putBytes(Buffer.from("once"));
    await store.putMany([Buffer.from("once"), Buffer.from("twice")]);
    writeFileSync(path.join(state, "f"), "once");
    await store.putFile(path.join(state, "f"));
    const after = statSync(fileOf(sha256), { bigint: true });
    expect([after.ino, after.ctimeNs]).toEqual([before.ino, before.ctimeNs]);
  });

  it("refuses to build on existing content of the wrong size", async () => {
    const { sha256 } = await store.putBytes(Buffer.from("whole"));
    tamper(sha256, (file) => truncateSync(file, 2));
    await expect(store.putBytes(Buffer.from("whole"))).rejects.toMatchObject({
      code: "ledger_corrupt",
    });
  });

  it("refuses bytes that are not those of the name, however they are read", async () => {
    for (const bytes of [Buffer.from("some bytes"), randomBytes(LARGE)]) {
      const { sha256 } = await store.putBytes(bytes);
      const flipped = Buffer.from(bytes);
      flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
      tamper(sha256, (file) => writeFileSync(file, flipped));
      await expect(store.read(sha256)).rejects.toMatchObject({
        code: "ledger_corrupt",
      });
      await expect(store.verify(sha256)).rejects.toMatchObject({
        code: "ledger_corrupt",
      });
      const drain = async () => {
        for await (const _ of await store.openStream(sha256));
      };
      await expect(drain()).rejects.toMatchObject({ code: "ledger_corrupt" });
      const target = path.join(state, "copy");
      await expect(store.copyTo(sha256, target, { mode: 0o444 })).rejects.toMatchObject({ code: "token_mismatch" });
      expect(existsSync(target)).toBe(false);
    }
  });

  it("reports content that is missing, or replaced by a symlink or a directory, as a damaged store", async () => {
    const { sha256 } = await store.putBytes(Buffer.from("gone"));
    rmSync(fileOf(sha256));
    await expect(store.read(sha256)).rejects.toMatchObject({
      code: "ledger_corrupt",
    });
    await expect(store.copyTo(sha256, path.join(state, "c"), { mode: 0o444 })).rejects.toMatchObject({
      code: "ledger_corrupt",
    });
    writeFileSync(path.join(state, "elsewhere"), "gone");
    symlinkSync(path.join(state, "elsewhere"), fileOf(sha256));
    await expect(store.verify(sha256)).rejects.toMatchObject({
      code: "ledger_corrupt",
    });
    rmSync(fileOf(sha256));
    mkdirSync(fileOf(sha256));
    await expect(store.verify(sha256)).rejects.toMatchObject({
      code: "ledger_corrupt",
    });
    await expect(store.read("../../etc/passwd")).rejects.toMatchObject({
      code: "ledger_corrupt",
    });
  });

  it("copies with exactly the mode asked for and never over something that exists", async () => {
    const { sha256 } = await store.putBytes(Buffer.from("tool"));
    const target = path.join(state, "copy");
    expect(await store.copyTo(sha256, target, { mode: 0o555 })).toBe(4);
    expect(statSync(target).mode & 0o7777).toBe(0o555);
    await expect(store.copyTo(sha256, target, { mode: 0o444 })).rejects.toMatchObject({ code: "state_unusable" });
    expect(readFileSync(target, "utf8")).toBe("tool");
  });

  it("reads no more than it was asked to", async () => {
    const { sha256 } = await store.putBytes(Buffer.alloc(100));
    await expect(store.read(sha256, { maxBytes: 99 })).rejects.toMatchObject({
      code: "engine_limit",
    });
    expect(await store.read(sha256, { maxBytes: 100 })).toHaveLength(100);
  });

  it("follows no symlink and opens no FIFO when it stores a file", async () => {
    writeFileSync(path.join(state, "real"), "x");
    symlinkSync("real", path.join(state, "link"));
    execFileSync("mkfifo", [path.join(state, "fifo")]);
    await expect(store.putFile(path.join(state, "link"))).rejects.toMatchObject({ code: "state_unusable" });
    await expect(store.putFile(path.join(state, "fifo"))).rejects.toMatchObject({ code: "internal" });
  });

  it("says that the state directory cannot be used when a file is in the way", async () => {
    writeFileSync(path.join(state, "store"), "in the way");
    await expect(store.putBytes(Buffer.from("x"))).rejects.toMatchObject({
      code: "state_unusable",
    });
  });

  it.runIf(canMountSmallDisk())(
    "reports a full disk as disk_full, leaves nothing half-written and works again with space (needs the right to mount)",
    async () => {
      const small = path.join(state, "small");
      mkdirSync(small);
      expect(mountSmallDisk("1m", small)).toBe(true);
      try {
        const tight = openContentStore(small);
        const big = path.join(state, "big");
        writeFileSync(big, randomBytes(3 << 20));
        await expect(tight.putFile(big)).rejects.toMatchObject({
          code: "disk_full",
        });
        await expect(tight.putMany([randomBytes(900_000), randomBytes(900_000)])).rejects.toMatchObject({
          code: "disk_full",
        });
        expect(readdirSync(path.join(small, "store", "tmp"))).toEqual([]);
        expect((await tight.putBytes(Buffer.from("fits"))).size).toBe(4);
      } finally {
        unmountSmallDisk(small);
      }
    },
  );
});
