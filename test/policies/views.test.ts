import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type PolicyJudge, startPolicyJudge } from "../../policies/index.ts";
import type { Evaluation, FileChange, PreflightContents } from "../../schema/index.ts";
import { adding, change, input } from "./input.ts";
import { editManifest, fixturePack, LIMITS, startJudge } from "./packs.ts";

const POD = ["kind: Pod", "spec:", "  containers:", "    - name: web", "      privileged: true", ""].join("\n");

interface File {
  readonly path: string;
  readonly text?: string;
  readonly change?: Partial<FileChange>;
}

/** Plans of new files unless told otherwise; their whole texts are behind them. */
async function judge(
  pack: string,
  files: readonly File[],
  override: Record<string, unknown> = {},
): Promise<readonly Evaluation[]> {
  const names = new Map(files.map(({ text }, index) => [`file-${index}`, text]));
  const contents: PreflightContents = { text: async (name) => names.get(name) };
  const changes = files.map((file) => adding(file.path, lines(file.text), file.change));
  const key = JSON.stringify([pack, override]);
  const judge = judges.get(key) ?? startedFor(pack, override);
  judges.set(key, judge);
  return judge.judge(input(changes), contents);
}

/** One for each pack and its overrides: starting a judge takes longer than all that it judges here. */
const judges = new Map<string, PolicyJudge>();
afterAll(async () => {
  for (const judge of judges.values()) await judge.close();
});

function startedFor(pack: string, override: Record<string, unknown>): PolicyJudge {
  const copy = path.join(scratch, String(judges.size));
  cpSync(fixturePack(pack), copy, { recursive: true });
  return startPolicyJudge([{ directory: editManifest(copy, override) }], LIMITS);
}

const scratch = mkdtempSync(path.join(tmpdir(), "policies-"));
afterAll(() => rmSync(scratch, { recursive: true }));

function lines(text = ""): string[] {
  return text.replace(/\n$/, "").split("\n");
}

/** What the policy of the fixture says it was shown of each file. */
function shown([evaluation]: readonly Evaluation[]): Map<string | undefined, Record<string, unknown>> {
  const findings = evaluation?.findings.filter(({ rule }) => rule === "shown") ?? [];
  return new Map(findings.map(({ file, message }) => [file, JSON.parse(message)]));
}

describe("the view `documents`", () => {
  it("shows whole texts and what they parse to, with the line of every key and item", async () => {
    const [evaluation] = await judge("documents", [{ path: "k8s/pod.yaml", text: POD }]);
    expect(evaluation?.findings[0]).toEqual({
      decision: "deny",
      message: "privileged",
      artifact: "file-0",
      file: "k8s/pod.yaml",
      line: 5,
    });
    expect(evaluation?.evidence["view"]).toEqual({
      view: "documents",
      artifacts: 1,
      texts_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it("limits the artifacts to its globs and keeps the whole summary", async () => {
    const files = ["a.yaml", "vendor/b.yaml", ".hidden/c.yaml", "d.ts"].map((path) => ({ path, text: "a: 1\n" }));
    const evaluations = await judge("documents", files);
    expect([...shown(evaluations).keys()]).toEqual([".hidden/c.yaml", "a.yaml"]);
    const summary = evaluations[0]?.findings.find(({ rule }) => rule === "summary");
    expect(JSON.parse(summary?.message ?? "")).toMatchObject({ artifacts: 4, created: 4 });
  });

  it("gives several documents of one file in their order, each with its own lines", async () => {
    const seen = shown(await judge("documents", [{ path: "a.yaml", text: "a: 1\n---\n- x\n- y: 2\n" }]));
    expect(seen.get("a.yaml")?.["documents"]).toEqual([
      { value: { a: 1 }, lines: { "": 1, "/a": 1 } },
      { value: ["x", { y: 2 }], lines: { "": 3, "/0": 3, "/1": 4, "/1/y": 4 } },
    ]);
  });

  it("knows the lines of JSON, names with slashes, tildes and quotes among it", async () => {
    const text = '{\n "a/b": [\n  1,\n  {"~": "\\"}", "n": null}\n ],\n "e": {}\n}\n';
    const seen = shown(await judge("documents", [{ path: "a.json", text }]));
    expect(seen.get("a.json")?.["documents"]).toEqual([
      {
        value: { "a/b": [1, { "~": '"}', n: null }], e: {} },
        lines: { "": 1, "/a~1b": 2, "/a~1b/0": 3, "/a~1b/1": 4, "/a~1b/1/~0": 4, "/a~1b/1/n": 4, "/e": 6 },
      },
    ]);
  });

  it("reads TOML, whose lines are not known, and shows text of no format as text", async () => {
    const seen = shown(
      await judge("documents", [
        { path: "a.toml", text: "[a]\nb = 1\n" },
        { path: "b.txt", text: "hello\n" },
      ]),
    );
    expect(seen.get("a.toml")?.["documents"]).toEqual([{ value: { a: { b: 1 } }, lines: { "": 1 } }]);
    expect(seen.get("b.txt")).toEqual({ text: "hello\n", documents: [] });
  });

  it("takes `yes` for a text, and for a boolean where the pack asks for YAML 1.1", async () => {
    const files = [{ path: "a.yaml", text: "on: yes\nmode: 0644\nday: 2020-01-01\n" }];
    const seen = async (override: Record<string, unknown>) =>
      shown(await judge("documents", files, override)).get("a.yaml");
    const day = "2020-01-01";
    expect(await seen({})).toMatchObject({ documents: [{ value: { on: "yes", mode: 644, day } }] });
    expect(await seen({ input: { view: "documents", yaml: "1.1" } })).toMatchObject({
      documents: [{ value: { true: true, mode: 420, day } }],
    });
  });

  it("takes for a number of YAML 1.1 what Go's readers take for one, so that `build: .` is a text", async () => {
    const numbers = "[., -., e5, .e5, ._5, 0o17, 017, 1_000, 1., .5, -.5e3, 1e5]";
    const override = { input: { view: "documents", yaml: "1.1" } };
    const seen = shown(
      await judge("documents", [{ path: "compose.yaml", text: `build: .\nx: ${numbers}\n` }], override),
    );
    const x = [".", "-.", "e5", ".e5", "._5", 15, 15, 1000, 1, 0.5, -500, 100_000];
    expect(seen.get("compose.yaml")).toMatchObject({ documents: [{ value: { build: ".", x } }] });
  });

  it("rebuilds the old text from the new one and the change, and parses it as well", async () => {
    const edit = change("a.yaml", {
      added: [{ line: 2, text: "b: 3" }],
      removed: [
        { line: 2, text: "b: 2" },
        { line: 3, text: "c: 4" },
      ],
    });
    const seen = shown(await judge("documents", [{ path: "a.yaml", text: "a: 1\nb: 3\nd: 5\n", change: edit }]));
    expect(seen.get("a.yaml")?.["before"]).toMatchObject({
      text: "a: 1\nb: 2\nc: 4\nd: 5\n",
      documents: [{ value: { a: 1, b: 2, c: 4, d: 5 } }],
    });
  });

  it("shows a deleted file by its old text, and says so where that is not known", async () => {
    const removed = [{ line: 1, text: "a: 1" }];
    const gone = { op: "delete", added: [], removed } as const;
    const seen = shown(
      await judge("documents", [
        { path: "a.yaml", change: gone },
        { path: "b.yaml", change: { ...gone, truncated: true } },
      ]),
    );
    expect(seen.get("a.yaml")).toMatchObject({ documents: [], before: { text: "a: 1\n" } });
    expect(seen.get("b.yaml")).toEqual({
      documents: [],
      before: { documents: [], unreadable: "its old text is not known" },
    });
  });

  it.each([
    ["text that is not there", "a.yaml", undefined, "its text is too large, not text, or not there"],
    ["YAML that does not parse", "a.yaml", "a: [1\n", /^it cannot be read as YAML: /],
    ["a key given twice", "a.yaml", "a: 1\na: 2\n", /^it cannot be read as YAML: .*\(line 2\)$/],
    ["a key given twice by an alias", "a.yaml", "a: &k b\nb: 1\n*k : 2\n", /repeats the key "b"/],
    ["a key given twice as number and text", "a.yaml", '1: a\n"1": b\n', /repeats the key "1"/],
    ["a key given twice in JSON", "a.json", '{"a": [{"b": 1, "\\u0062": 2}]}', /repeats the key "\\u0062" \(line 1\)/],
    [
      "a merge that some readers let win",
      "a.yaml",
      "a: &m {p: true}\nb:\n  p: false\n  <<: *m\n",
      /merges the key "p" after/,
    ],
    [
      "the same by way of a list",
      "a.yaml",
      "- &m {p: 1}\n- &n {<<: *m}\n- {p: 2, <<: [*n]}\n",
      /merges the key "p" after/,
    ],
    ["two merges into one", "a.yaml", "- &m {p: 1}\n- {<<: *m, <<: *m}\n", /repeats the key "<<"/],
    ["a line that ends in CR alone", "a.yaml", "a: # x\r  b: 1\n", /begin a new line .* line 1/],
    ["a line separator in a comment", "a.yaml", "a: # x\u2028  b: 1\n", /begin a new line .* line 1/],
    ["a next-line character in a comment", "a.yaml", "a: # x\u0085  b: 1\n", /begin a new line .* line 1/],
    [
      "another version than it is read as",
      "a.yaml",
      "%YAML 1.1\n---\non: 1\n",
      /is YAML 1\.1, and is read as YAML 1\.2/,
    ],
    ["JSON that does not parse", "a.json", "{", /^it cannot be read as JSON: /],
    ["TOML that does not parse", "a.toml", "a =", /^it cannot be read as TOML: /],
    ["aliases that multiply", "a.yaml", bomb(), /alias/],
    ["nesting beyond measure", "a.json", "[".repeat(9000) + "]".repeat(9000), /nested deeper than 128/],
    ["nesting beyond measure in YAML", "a.yaml", "[".repeat(9000) + "]".repeat(9000), /YAML: /],
    ["more documents than a file may hold", "a.yaml", "---\n".repeat(10_001), /more than 10000 documents/],
    ["a number that JSON has no word for", "a.yaml", "a: .inf\n", /it holds the number Infinity/],
  ])("says that it cannot read %s, and shows no document of it", async (_, path, text, sentence) => {
    const [evaluation] = await judge("documents", [{ path, ...(text === undefined ? {} : { text }) }]);
    const finding = evaluation?.findings.find(({ decision }) => decision === "require_approval");
    expect(finding).toMatchObject({ file: path, message: expect.stringMatching(sentence) });
  });

  it("reads merges that come first, and merges of what is not there yet", async () => {
    const text = "a: &m {p: true, q: 1}\nb:\n  <<: *m\n  p: false\nc:\n  r: 2\n  <<: [*m, {s: 3}]\n";
    const seen = shown(await judge("documents", [{ path: "a.yaml", text }]));
    expect(seen.get("a.yaml")).toMatchObject({
      documents: [{ value: { b: { p: false, q: 1 }, c: { p: true, q: 1, r: 2, s: 3 } } }],
    });
  });

  it("includes files whatever the case of their names, and excludes them only as written", async () => {
    const files = ["a.YAML", "b.Yaml", "NO/c.yaml", "no/d.yaml"].map((path) => ({ path, text: "a: 1\n" }));
    const view = { view: "documents", include: ["**/*.yaml"], exclude: ["no/**"] } as const;
    const seen = shown(await judge("documents", files, { input: view }));
    expect(new Set(seen.keys())).toEqual(new Set(["a.YAML", "b.Yaml", "NO/c.yaml"]));
  });

  it("shows a file that is renamed to what it does not include, by what the file held", async () => {
    const away = change("a.yaml.bak", { op: "rename", old_path: "a.yaml", added: [], removed: [] });
    const view = { view: "documents", include: ["**/*.yaml"] } as const;
    const seen = shown(
      await judge("documents", [{ path: "a.yaml.bak", text: "a: 1\n", change: away }], { input: view }),
    );
    expect(seen.get("a.yaml.bak")).toMatchObject({ documents: [], before: { documents: [{ value: { a: 1 } }] } });
  });

  it("denies where its globs cannot be compiled", async () => {
    const [evaluation] = await judge("documents", [], { input: { view: "documents", include: ["a[b"] } });
    expect(evaluation).toMatchObject({ decision: "deny", failure: "input_invalid" });
  });

  it("reads no text of what the pack does not include, and none at all for a pack that sees the plan", async () => {
    const read: string[] = [];
    const contents: PreflightContents = {
      text: async (name) => {
        read.push(name);
        return "a: 1\n";
      },
    };
    const packs = ["documents", "shapes"].map((name) => ({ directory: fixturePack(name) }));
    await startJudge(packs).judge(input([change("a.yaml"), change("b.ts")]), contents);
    expect(read).toEqual(["file-0"]);
  });
});

/** Each line stands for ten of the one before. */
function bomb(): string {
  const rows = Array.from({ length: 12 }, (_, row) => `a${row}: &a${row} [${`*a${row - 1},`.repeat(9)}*a${row - 1}]`);
  return `a-1: &a-1 x\n${rows.join("\n")}\n`;
}

describe("the view `file`", () => {
  const deployment = (name: string) => `kind: Deployment\nmetadata:\n  name: ${name}\nspec:\n  privileged: true\n`;

  it("judges each document on its own, as conftest does, and says where each finding is", async () => {
    const [main] = await judge("each-file", [
      { path: "k8s/all.yaml", text: `${deployment("a")}---\n${deployment("b")}` },
      { path: "c.json", text: '[{"kind": "Deployment", "metadata": {"name": "c", "labels": {}}}, {"kind": "Pod"}]' },
      { path: "README.md", text: "not a configuration" },
    ]);
    const place = { artifact: "file-0", file: "k8s/all.yaml" };
    expect(main?.findings).toEqual([
      { decision: "deny", message: "a is privileged", ...place },
      { decision: "deny", message: "b is privileged", ...place },
      { decision: "warn", message: "no labels", rule: "labels", line: 2, ...place },
      { decision: "warn", message: "no labels", rule: "labels", line: 2, ...place },
    ]);
    expect(main?.evidence).toMatchObject({ documents: 4, findings: { deny: 2, require_approval: 0, warn: 2 } });
  });

  it("lifts a rule for the document that is excepted, and for no other", async () => {
    const file = (name: string) => ({ path: `${name}.yaml`, text: `metadata: {name: ${name}}\nspec: {root: true}\n` });
    const [main] = await judge("each-file", [file("trusted"), file("other")]);
    const root = { decision: "deny", message: "runs as root" };
    expect(main?.findings).toEqual([{ ...root, artifact: "file-1", file: "other.yaml" }]);
    expect(main?.evidence["excepted"]).toEqual({
      count: 1,
      findings: [{ ...root, set: "deny_root", artifact: "file-0", file: "trusted.yaml" }],
    });
  });

  it("tells a policy the name of the file, as conftest does", async () => {
    const files = ["a/b/c.yaml", "d.json"].map((path) => ({ path, text: "{}" }));
    const [, named] = await judge("each-file", files);
    expect(named?.findings.map(({ message }) => message)).toEqual(["c.yaml in a/b", "d.json in ."]);
  });

  it("denies a file that cannot be read, and judges the others", async () => {
    const [main] = await judge("each-file", [
      { path: "a.yaml", text: "a: [" },
      { path: "b.yaml" },
      { path: "c.yaml", text: deployment("c") },
    ]);
    expect(main?.decision).toBe("deny");
    expect(main?.findings.filter(({ decision }) => decision === "deny").map(({ message }) => message)).toEqual([
      expect.stringMatching(/^a\.yaml cannot be judged: it cannot be read as YAML/),
      "b.yaml cannot be judged: its text is too large, not text, or not there",
      "c is privileged",
    ]);
  });

  it("denies the file on which rules conflict, and says what they say of the others", async () => {
    const [, , conflict] = await judge("each-file", [
      { path: "a.yaml", text: "conflict: true\n" },
      { path: "b.yaml", text: "conflict: false\n" },
    ]);
    expect(conflict).toMatchObject({ decision: "deny", failure: "evaluation_failed" });
    expect(conflict?.findings).toEqual([
      {
        decision: "deny",
        message: expect.stringMatching(/^a\.yaml could not be judged: its evaluation stopped: .*conflict/),
        artifact: "file-0",
        file: "a.yaml",
      },
    ]);
  });

  it("does not ask a policy that fails on everything about each of a thousand files", async () => {
    const files = Array.from({ length: 1000 }, (_, index) => ({ path: `${index}.json`, text: '{"conflict": true}' }));
    const [, , conflict] = await judge("each-file", files);
    expect(conflict).toMatchObject({ decision: "deny", failure: "evaluation_failed" });
    expect(conflict?.findings).toHaveLength(21);
  });

  it("allows where nothing matches, and says that it saw no document", async () => {
    const evaluations = await judge("each-file", [
      { path: "a.ts", text: "a" },
      { path: "b.yaml", change: { op: "delete" } },
    ]);
    for (const { decision, reason, evidence } of evaluations) {
      expect(decision).toBe("allow");
      expect(reason).toMatch(/no file of the plan is of the kind it judges/);
      expect(evidence).toMatchObject({ documents: 0, view: { artifacts: 0 } });
    }
  });
});
