import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { builtinPolicyPack, loadPolicyPack } from "../../policies/index.ts";
import { copyPack, editManifest } from "./packs.ts";

const DEFAULT = builtinPolicyPack("default");

describe("a pack's digest", () => {
  it("is the same wherever the pack lies and however its manifest is laid out", async () => {
    const copy = editManifest(copyPack(DEFAULT), {});
    const pack = await loadPolicyPack(copy);
    expect(pack).toEqual({ ...(await loadPolicyPack(DEFAULT)), directory: copy });
    expect(pack).toMatchObject({ id: "default", digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it("changes with the manifest and with the data", async () => {
    const { digest } = await loadPolicyPack(DEFAULT);
    const renamed = await loadPolicyPack(editManifest(copyPack(DEFAULT), { version: "9" }));
    const copy = copyPack(DEFAULT);
    writeFileSync(path.join(copy, "data.json"), "{}");
    expect(new Set([digest, renamed.digest, (await loadPolicyPack(copy)).digest]).size).toBe(3);
  });

  it.each<[string, string, (copy: string) => void]>([
    ["pack_invalid", "no manifest", (copy) => rmSync(path.join(copy, "pack.json"))],
    ["digest_mismatch", "other WebAssembly", (copy) => writeFileSync(path.join(copy, "policy.wasm"), "x")],
    ["wasm_missing", "a directory as WebAssembly", (copy) => replaceByDirectory(path.join(copy, "policy.wasm"))],
  ])("is refused as governance_invalid (%s) for %s", async (failure, _, damage) => {
    const copy = copyPack(DEFAULT);
    damage(copy);
    await expect(loadPolicyPack(copy)).rejects.toMatchObject({ code: "governance_invalid", detail: { failure } });
  });
});

function replaceByDirectory(file: string): void {
  rmSync(file);
  mkdirSync(file);
}
