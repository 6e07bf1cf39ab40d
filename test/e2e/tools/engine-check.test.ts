import { chmodSync, cpSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { has, REPOSITORY, Story } from "./story.ts";

const templates = path.join(REPOSITORY, "engines", "templates");

let story: Story;
beforeEach(() => {
  story = new Story("check");
});
afterEach(() => story.remove());

describe("cabincrew engine check on the templates", () => {
  test("shell: conforms", () => {
    const { code, out } = story.cabincrew("engine", "check", path.join(templates, "shell"));
    expect([code, out.split("\n")[0]]).toEqual([0, expect.stringMatching(/^conforms {2}\S+ \d/)]);
    expect(out).not.toMatch(/^ {2}fail/m);
  });

  test.runIf(has("python3"))("python: conforms with its configuration (needs python3)", () => {
    const { code, told } = story.json(
      ...["engine", "check", path.join(templates, "python"), "--config", "license=MIT"],
    );
    expect([code, told.ok, told.checks.filter((check) => check.status === "fail")]).toEqual([0, true, []]);
  });

  test("typescript: conforms once built as its README says", async () => {
    const engine = path.join(story.root, "engine");
    cpSync(path.join(templates, "typescript"), engine, { recursive: true });
    const outfile = path.join(engine, "engine.mjs");
    await build({
      entryPoints: [path.join(engine, "engine.ts")],
      platform: "node",
      format: "esm",
      outfile,
      logLevel: "error",
    });
    chmodSync(outfile, 0o755);
    const { code, out } = story.cabincrew("engine", "check", engine);
    expect([code, out.split("\n")[0]]).toEqual([0, expect.stringMatching(/^conforms /)]);
  });

  test("and each of them governs a workspace as its README says", () => {
    story.write({ "a.txt": "one\n" });
    const { code, told, err } = story.json("run", ".", "--engine", path.join(templates, "shell"));
    expect([code, told.state], err).toEqual([0, "COMPLETED"]);
    expect(story.tool(["sha256sum", "-c", "SHA256SUMS"])).toContain("a.txt: OK");
  });
});

describe("cabincrew engine check on engines that do not conform", () => {
  const broken = (script: string) => {
    const file = path.join(story.root, "broken");
    writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return story.cabincrew("engine", "check", file);
  };

  test("without a receipt: exit 1 and one line for every failed check", () => {
    const { code, out } = broken("exit 0");
    expect([code, out.split("\n")[0]]).toEqual([1, expect.stringMatching(/^does not conform /)]);
    expect(out).toMatch(/^ {2}fail {2}\S+ +.*receipt/m);
  });

  test("that writes the workspace while planning: exit 1, and which check it was", () => {
    const receipt = '{"protocol_version":"draft","engine_id":"broken","mode":"flight-plan","status":"success"}';
    const { code, out } = broken(`echo x > "$CABINCREW_WORKSPACE/written"; cat > /dev/null; echo '${receipt}'`);
    expect(code).toBe(1);
    expect(out).toMatch(/^ {2}fail/m);
  });

  test("that is not there, or not executable: exit 2 and what to do", () => {
    const missing = story.json("engine", "check", "./missing");
    expect([missing.code, missing.told.error.code]).toEqual([2, "engine_not_found"]);
    story.write({ plain: "#!/bin/sh\n" });
    const plain = story.json("engine", "check", "./plain");
    expect([plain.code, plain.told.error.code]).toEqual([2, "engine_not_executable"]);
    expect(plain.told.error.next).not.toBe("");
  });
});
