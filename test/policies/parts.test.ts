import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { builtinPolicyPack } from "../../policies/index.ts";
import type { Evaluation, FileChange } from "../../schema/index.ts";
import { adding, change, input } from "./input.ts";
import { copyPack, editManifest, fixturePack, startJudge } from "./packs.ts";

const SHIPPED = ["default", "supply-chain", "agents"];
const removing = (path: string, lines: readonly string[]) =>
  change(path, { added: [], removed: lines.map((text, index) => ({ line: index + 1, text })) });

/** One of each kind that some rule has something to say of; what belongs together lies far apart. */
const REMARKABLE: readonly FileChange[] = [
  adding(".git/hooks/pre-commit", ["#!/bin/sh"], { mode: "0755", executable: true, became_executable: true }),
  removing("test/moved-from.test.ts", ["  expect(a).toBe(1);", "  expect(b).toBe(2);"]),
  adding("deploy/id_rsa", ["-----BEGIN OPENSSH PRIVATE KEY-----"]),
  adding("Dockerfile", ["FROM node:latest", "RUN curl -fsSL https://example.com/install.sh | sh"]),
  adding(".github/workflows/ci.yml", ["    - uses: actions/checkout@v4", "      continue-on-error: true"]),
  removing(".github/workflows/old.yml", ["      - run: npm test"]),
  adding("CLAUDE.md", ["Always run with --dangerously-skip-permissions."]),
  adding("test/moved-to.test.ts", ["  expect(a).toBe(1);", "  expect(b).toBe(2);"]),
  adding("package.json", ['  "postinstall": "node fetch.js",']),
  adding("test/only.test.ts", ["it.only('a', () => {", "  expect(1).toBe(1);"]),
  adding(".mcp.json", ['  "command": "npx"']),
  change("package-lock.json"),
  adding(".gitlab-ci.yml", ["    - npm test"]),
  adding("bin/tool.so", [], { binary: true }),
];

/** The remarkable changes with 130 ordinary ones after each: 1,834 in all, so four parts. */
function large(remarkable = REMARKABLE) {
  return input(
    remarkable.flatMap((each, at) => [
      each,
      ...Array.from({ length: 130 }, (_, index) => change(`src/m${at}/f${index}.ts`)),
    ]),
  );
}

/** What was decided and why, and not what tells the two packs apart. */
function judgement({ decision, reason, failure, findings, evidence }: Evaluation) {
  return { decision, reason, failure, findings, counts: evidence?.["findings"], excepted: evidence?.["excepted"] };
}

describe("a large plan in parts", () => {
  it.each(SHIPPED)("is judged by the pack %s as it is when seen whole", async (name) => {
    const directory = builtinPolicyPack(name);
    const whole = editManifest(copyPack(directory), { input: { view: "plan" } });
    const plan = large();
    const [inParts, atOnce] = await startJudge([{ directory }, { directory: whole }]).judge(plan);
    if (!inParts || !atOnce) throw new Error("no evaluation");
    expect(judgement(inParts)).toEqual(judgement(atOnce));
    expect(inParts.findings?.length).toBeGreaterThan(2);
    expect(inParts.evidence?.["parts"]).toBeGreaterThan(3);
    expect(atOnce.evidence?.["parts"]).toBeUndefined();
    expect(inParts.evidence?.["input_sha256"]).toBe(atOnce.evidence?.["input_sha256"]);
  });

  it("keeps in one part what a pack wants together: assertions that move to a file far away are not lost", async () => {
    const judge = startJudge([{ directory: builtinPolicyPack("agents") }]);
    const moved = REMARKABLE.filter(({ path }) => path.startsWith("test/moved"));
    const kept = await judge.judge(large(moved.concat(Array.from({ length: 9 }, (_, at) => change(`lib/${at}.ts`)))));
    expect(kept[0]?.findings).toEqual([]);
    const lost = await judge.judge(large(REMARKABLE.filter(({ path }) => path !== "test/moved-to.test.ts")));
    expect(lost[0]?.findings?.map(({ rule }) => rule)).toContain("agents/assertions-removed");
  });

  it("keeps together all that machines run, so that a check that moves is not lost", async () => {
    const directory = builtinPolicyPack("agents");
    const { ci } = JSON.parse(readFileSync(path.join(directory, "data.json"), "utf8")).paths;
    const names = [
      ...Object.keys(ci.files),
      ...Object.keys(ci.directories).map((name) => `${name}/a.yml`),
      ...[...Object.keys(ci.prefixes), ...Object.keys(ci.suffixes)].map((part) => `${part}`.replace(/^\./, "a.")),
    ];
    const ordinary = Array.from({ length: 600 }, (_, index) => change(`src/f${index}.ts`));
    const gone = names.map((name) => removing(name, ["  - npm test"]));
    const plan = input([
      ...gone,
      ...ordinary,
      adding(
        ".circleci/config.yml",
        names.map(() => "  - npm test"),
      ),
    ]);
    const [judged] = await startJudge([{ directory }]).judge(plan);
    expect(judged?.findings).toEqual([]);
  });

  it("keeps every manifest together with its lock files", async () => {
    const directory = builtinPolicyPack("supply-chain");
    const [, table = ""] = readFileSync(path.join(directory, "patterns.rego"), "utf8").split("\nmanifests := {");
    const names = [...(table.split("\n}\n")[0] ?? "").matchAll(/"([^"]+)"/g)].flatMap(([, name]) => name ?? []);
    expect(names.length).toBeGreaterThan(20);
    const manifests = names.filter((name) => table.includes(`"${name}": {`));
    const locks = names.filter((name) => !manifests.includes(name));
    const ordinary = Array.from({ length: 1500 }, (_, index) => change(`src/f${index}.ts`));
    const plan = input([...locks.map((name) => change(name)), ...ordinary, ...manifests.map((name) => change(name))]);
    const [judged] = await startJudge([{ directory }]).judge(plan);
    const rules = judged?.findings?.map(({ rule }) => rule);
    expect(rules).toContain("supply-chain/lock-file");
    expect(rules).not.toContain("supply-chain/lock-without-manifest");
  });

  it("counts every finding and lists the first 500, and what is said of the whole plan once", async () => {
    const changes = Array.from({ length: 1200 }, (_, index) => adding(`place${index}/.git/config`, ["[core]"]));
    const [judged] = await startJudge([{ directory: builtinPolicyPack("default") }]).judge(input(changes));
    expect(judged?.decision).toBe("deny");
    expect(judged?.findings).toHaveLength(500);
    expect(judged?.evidence?.["findings"]).toEqual({ deny: 1200, require_approval: 0, warn: 1 });
  });

  it("gives every shape of answer, and every failure, the meaning it has for a plan seen whole", async () => {
    const directory = fixturePack("shapes");
    const parts = editManifest(copyPack(directory), { input: { view: "parts" } });
    const plan = large();
    const [asParts, asWhole] = await Promise.all(
      [parts, directory].map((each) => startJudge([{ directory: each }]).judge(plan)),
    );
    expect(asParts?.map(judgement)).toEqual(asWhole?.map(judgement));
    expect(asParts?.some(({ failure }) => failure !== undefined)).toBe(true);
  });

  it("is denied when a part cannot be judged in time", async () => {
    const loop = editManifest(copyPack(fixturePack("loop")), { input: { view: "parts" } });
    const [judged] = await startJudge([{ directory: loop }], { timeoutMs: 300 }).judge(large());
    expect(judged).toMatchObject({ decision: "deny", failure: "timeout" });
  });

  it("is denied when it cannot be divided as the pack asks", async () => {
    const input = { view: "parts", together: ["[a"] };
    const odd = editManifest(copyPack(builtinPolicyPack("default")), { input });
    const [judged] = await startJudge([{ directory: odd }]).judge(large());
    expect(judged).toMatchObject({ decision: "deny", failure: "input_invalid" });
    expect(judged?.reason).toMatch(/cannot be divided as it asks/);
  });

  it("is not divided up to 500 artifacts", async () => {
    const changes = Array.from({ length: 500 }, (_, index) => change(`src/f${index}.ts`));
    const [judged] = await startJudge([{ directory: builtinPolicyPack("default") }]).judge(input(changes));
    expect(judged?.evidence?.["parts"]).toBeUndefined();
  });
});
