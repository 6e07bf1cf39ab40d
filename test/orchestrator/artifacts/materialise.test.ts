import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { collectAndSeal } from "../../../orchestrator/artifacts/collect.ts";
import { materialiseArtifacts } from "../../../orchestrator/artifacts/materialise.ts";
import type { SealedArtifact } from "../../../orchestrator/artifacts/types.ts";
import { openContentStore } from "../../../orchestrator/content/local.ts";
import { canonicalJson, removeTree } from "../../../schema/index.ts";
import { receiptOf, scratch, writeArtifact } from "./tree.ts";

describe("the copy a take-off reads (DESIGN section 6)", () => {
  let root: string;
  let sealed: SealedArtifact[];
  const target = () => path.join(root, "run", "artifacts");
  const stored = (sha256: string) => path.join(root, "store", sha256.slice(0, 2), sha256);
  const store = () => openContentStore(root);
  const bodyOf = (index: number) => sealed[index]?.body?.sha256 ?? "";
  beforeEach(async () => {
    const made = scratch();
    root = made.root;
    sealed = await collectAndSeal(
      made.artifacts,
      receiptOf(
        writeArtifact(made.artifacts, "a", { body: "text", bodyFile: "new file.txt" }),
        writeArtifact(made.artifacts, "bare"),
      ),
      { artifacts: 10, bytes: 1 << 20 },
      store(),
    );
  });
  afterEach(() => removeTree(root));

  it("holds canonical metadata and bodies, read-only, and nothing else", async () => {
    await materialiseArtifacts(sealed, store(), target());
    expect(readdirSync(target(), { recursive: true }).sort()).toEqual([
      "a",
      "a/artifact.json",
      "a/new file.txt",
      "bare",
      "bare/artifact.json",
    ]);
    expect(readFileSync(path.join(target(), "a/artifact.json"), "utf8")).toBe(canonicalJson(sealed[0]?.document));
    expect(readFileSync(path.join(target(), "a/new file.txt"), "utf8")).toBe("text");
    expect(statSync(path.join(target(), "a/new file.txt")).mode & 0o7777).toBe(0o444);
    for (const directory of ["", "a", "bare"])
      expect(statSync(path.join(target(), directory)).mode & 0o7777).toBe(0o555);
  });

  it("is made anew over what an interrupted attempt left", async () => {
    await materialiseArtifacts(sealed, store(), target());
    chmodSync(target(), 0o755);
    mkdirSync(path.join(target(), "leftover"));
    await materialiseArtifacts(sealed, store(), target());
    expect(readdirSync(target()).sort()).toEqual(["a", "bare"]);
  });

  it("is refused with token_mismatch when stored bytes changed, and leaves nothing behind", async () => {
    chmodSync(stored(bodyOf(0)), 0o644);
    writeFileSync(stored(bodyOf(0)), "TEXT");
    await expect(materialiseArtifacts(sealed, store(), target())).rejects.toMatchObject({ code: "token_mismatch" });
    expect(existsSync(target())).toBe(false);
  });

  it("is refused with ledger_corrupt when stored content is missing", async () => {
    rmSync(stored(bodyOf(0)));
    await expect(materialiseArtifacts(sealed, store(), target())).rejects.toMatchObject({ code: "ledger_corrupt" });
  });

  it("is refused when the record in the ledger was altered to reach elsewhere", async () => {
    const [first] = sealed;
    if (!first) throw new Error("nothing sealed");
    for (const altered of [
      { ...first, name: "../x" },
      { ...first, document: { ...first.document, body_file: "../../x" } },
    ])
      await expect(materialiseArtifacts([altered], store(), target())).rejects.toMatchObject({
        code: "ledger_corrupt",
      });
    await expect(
      materialiseArtifacts([{ ...first, body: { sha256: bodyOf(0), size: 99 } }], store(), target()),
    ).rejects.toMatchObject({
      code: "token_mismatch",
    });
  });

  it("can be removed although it is read-only, without following symlinks out of it", async () => {
    await materialiseArtifacts(sealed, store(), target());
    const outside = path.join(root, "outside");
    mkdirSync(outside);
    writeFileSync(path.join(outside, "kept"), "");
    chmodSync(target(), 0o755);
    symlinkSync(outside, path.join(target(), "link"));
    writeFileSync(Buffer.concat([Buffer.from(`${target()}/x`), Buffer.from([0xfe])]), "");
    chmodSync(target(), 0o555);
    removeTree(target());
    expect(existsSync(target())).toBe(false);
    expect(readdirSync(outside)).toEqual(["kept"]);
    removeTree(target());
  });
});
