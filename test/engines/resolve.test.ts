/** A3: how an engine is found, and what its identity is made of. */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { resolveEngine } from "../../engines/index.ts";
import { fixtures, scratch } from "./launch/scene.ts";

const none = { cwd: "/", engineDirs: [] };

function engineDirectory(manifest: unknown, base = scratch()): string {
  writeFileSync(path.join(base, "run"), "#!/bin/sh\nexit 0\n");
  chmodSync(path.join(base, "run"), 0o755);
  writeFileSync(path.join(base, "engine.json"), typeof manifest === "string" ? manifest : JSON.stringify(manifest));
  return base;
}

it("takes a bare executable with the least a manifest can declare", async () => {
  const engine = await resolveEngine("./noop", { cwd: fixtures, engineDirs: [] });
  expect(engine).toMatchObject({
    id: "noop",
    version: "0",
    sandboxesItself: false,
    command: [path.join(fixtures, "noop")],
  });
  expect(engine.manifest).toMatchObject({ idempotent: false, reconcile: false, network: "none" });
  expect(engine.digest).toMatch(/^[0-9a-f]{64}$/);
});

it("takes a directory by its engine.json, the program in it by the same manifest, and a link to either", async () => {
  const base = engineDirectory({ id: "mine", version: "1.2.3", executable: "run", idempotent: true });
  const byDirectory = await resolveEngine(base, none);
  expect(byDirectory).toMatchObject({ id: "mine", version: "1.2.3", command: [path.join(base, "run")] });
  const link = path.join(scratch(), "link");
  symlinkSync(path.join(base, "run"), link);
  expect(await resolveEngine(path.join(base, "run"), none)).toEqual(byDirectory);
  expect(await resolveEngine(link, none)).toEqual(byDirectory);
});

it("does not apply an engine.json that names another program", async () => {
  const base = engineDirectory({ id: "mine", version: "1", executable: "run" });
  writeFileSync(path.join(base, "other"), "#!/bin/sh\n", { mode: 0o755 });
  expect(await resolveEngine(path.join(base, "other"), none)).toMatchObject({ id: "other", version: "0" });
});

it("finds a name in the engine directories, first match first, and the bundled engines before all", async () => {
  const [first, second] = [scratch(), scratch()];
  for (const [directory, version] of [
    [first, "1"],
    [second, "2"],
  ] as const) {
    mkdirSync(path.join(directory, "named"));
    engineDirectory({ id: "named", version, executable: "run" }, path.join(directory, "named"));
  }
  expect(await resolveEngine("named", { cwd: "/", engineDirs: [first, second] })).toMatchObject({ version: "1" });
  await expect(resolveEngine("named", none)).rejects.toMatchObject({ code: "engine_not_found" });
  const bundled = await resolveEngine("exec", { cwd: "/", engineDirs: [first] });
  expect(bundled).toMatchObject({ id: "cabincrew.exec", sandboxesItself: true });
  expect(bundled.command[0]).toBe(process.execPath);
});

it("changes the identity with the bytes and with the manifest", async () => {
  const base = engineDirectory({ id: "mine", version: "1", executable: "run" });
  const { digest } = await resolveEngine(base, none);
  engineDirectory({ version: "1", executable: "run", id: "mine" }, base);
  expect((await resolveEngine(base, none)).digest).toBe(digest);
  engineDirectory({ id: "mine", version: "1", executable: "run", idempotent: true }, base);
  const changed = (await resolveEngine(base, none)).digest;
  writeFileSync(path.join(base, "run"), "#!/bin/sh\nexit 1\n");
  expect(new Set([digest, changed, (await resolveEngine(base, none)).digest]).size).toBe(3);
});

it.each([
  ["not JSON", "{"],
  ["an unknown key", { id: "a", version: "1", executable: "run", surprise: 1 }],
  ["no executable", { id: "a", version: "1" }],
  ["an executable outside its directory", { id: "a", version: "1", executable: "../run" }],
])("refuses a manifest with %s", async (_, manifest) => {
  await expect(resolveEngine(engineDirectory(manifest), none)).rejects.toMatchObject({
    code: "engine_manifest_invalid",
  });
});

it("refuses what is not there or no engine", async () => {
  await expect(resolveEngine("/no/such", none)).rejects.toMatchObject({ code: "engine_not_found" });
  await expect(resolveEngine(scratch(), none)).rejects.toMatchObject({ code: "engine_not_found" });
  const base = engineDirectory({ id: "a", version: "1", executable: "missing" });
  await expect(resolveEngine(base, none)).rejects.toMatchObject({ code: "engine_not_found" });
  chmodSync(path.join(base, "run"), 0o644);
  await expect(resolveEngine(path.join(base, "run"), none)).rejects.toMatchObject({ code: "engine_not_executable" });
});
