import { execFileSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { builtinModelPack, loadModelPack } from "../../models/index.ts";
import { fixturePack } from "./input.ts";

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), "cabincrew-models-"));
});
afterAll(() => rm(scratch, { recursive: true }));

async function copyPack(name: string): Promise<string> {
  const directory = path.join(scratch, name);
  await cp(fixturePack("loudest"), directory, { recursive: true });
  return directory;
}

async function refusal(directory: string): Promise<unknown> {
  return loadModelPack(directory).then(
    () => "accepted",
    (error: unknown) => error,
  );
}

function refused(failure: string) {
  return { code: "governance_invalid", detail: { failure } };
}

describe("a model pack on disk", () => {
  test("has an id, a version and a digest over manifest and bytes", async () => {
    const pack = await loadModelPack(fixturePack("loudest"));
    expect(pack).toEqual({
      id: "loudest",
      version: "1.0.0",
      directory: fixturePack("loudest"),
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test("keeps its digest when the manifest is laid out anew, and changes it when a threshold changes", async () => {
    const directory = await copyPack("threshold");
    const file = path.join(directory, "manifest.json");
    const before = (await loadModelPack(fixturePack("loudest"))).digest;
    const manifest = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify(manifest));
    expect((await loadModelPack(directory)).digest).toBe(before);
    await writeFile(file, JSON.stringify({ ...manifest, thresholds: { deny: 0.99 } }));
    expect((await loadModelPack(directory)).digest).not.toBe(before);
  });

  test.each([
    ["wrong-digest", "digest_mismatch"],
    ["missing", "model_missing"],
    ["escaping", "pack_invalid"],
    ["not-there", "pack_invalid"],
  ])("is refused as %s", async (name, failure) => {
    expect(await refusal(fixturePack(name))).toMatchObject(refused(failure));
  });

  test("is refused with the unknown key's name", async () => {
    expect(await refusal(fixturePack("unknown-key"))).toMatchObject({
      code: "governance_invalid",
      message: expect.stringContaining("`treshold`"),
    });
  });

  test("is refused when its manifest is not JSON", async () => {
    const directory = await copyPack("garbled");
    await writeFile(path.join(directory, "manifest.json"), "{");
    expect(await refusal(directory)).toMatchObject(refused("pack_invalid"));
  });

  test("is refused when the model is a link or a pipe, without waiting for it", async () => {
    const directory = await copyPack("odd");
    const model = path.join(directory, "model.onnx");
    await rm(model);
    await symlink(path.join(fixturePack("loudest"), "model.onnx"), model);
    expect(await refusal(directory)).toMatchObject(refused("model_missing"));
    await rm(model);
    execFileSync("mkfifo", [model]);
    expect(await refusal(directory)).toMatchObject(refused("model_missing"));
  });

  test("that ships loads: its model is the one its manifest was measured on", async () => {
    expect(await loadModelPack(builtinModelPack("credentials"))).toMatchObject({ id: "credentials" });
  });
});
