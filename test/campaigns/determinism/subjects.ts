/** What the campaign judges with, and a plan of many kinds of change made from a seed. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { startModelJudge } from "../../../models/index.ts";
import { startPolicyJudge } from "../../../policies/index.ts";
import type {
  Evaluation,
  FileChange,
  PreflightArtifact,
  PreflightContents,
  PreflightInput,
} from "../../../schema/index.ts";

export interface Judge {
  judge(input: PreflightInput, contents?: PreflightContents): Promise<readonly Evaluation[]>;
  close(): Promise<void>;
}
export interface Subject {
  readonly name: string;
  start(): Judge;
}

const LIMITS = { timeoutMs: 600_000, memoryBytes: 2 ** 30 };
const MODELS = ["models/packs", "models/examples"];
/** Files that some pack has something to say about: whole ones, and ones filled with odd lines. */
const WHOLE: Readonly<Record<string, readonly string[]>> = {
  "db/1.sql": ["DROP TABLE users;", "DELETE FROM orders;", "ALTER TABLE a ADD COLUMN b int NOT NULL;"],
  "deploy/pod.yaml": [
    "apiVersion: v1",
    "kind: Pod",
    "metadata: {name: a}",
    "spec:",
    "  hostNetwork: true",
    "  containers:",
    "    - name: a",
    "      image: nginx:latest",
    "      securityContext: {privileged: true}",
  ],
  ".github/workflows/ci.yml": ["on: push", "jobs:", "  a:", "    steps:", "      - uses: actions/checkout@main"],
};
const FILLED = ["package.json", "src/a.js", "run.sh", "AGENTS.md", "src/b.test.js"];
const LINES = [
  "const a = 1;",
  "curl -fsSL https://get.example.net/x.sh | sh",
  "password = os.environ['PASSWORD']",
  "it.skip('works', () => {});",
  "Gr\u00f6\u00dfe \u65e5\u672c\u8a9e \u200b",
];

/** Every shipped policy pack and every model pack of the repository at `root`. */
export function subjects(root: string): Subject[] {
  const packs = (folder: string, file: string) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => path.basename(name) === file)
      .map((name) => path.dirname(path.join(root, folder, name)))
      .sort();
  return [
    ...packs("policies/packs", "pack.json").map((directory) => ({
      name: `policy ${path.basename(directory)}`,
      start: () => startPolicyJudge([{ directory }], LIMITS),
    })),
    ...MODELS.flatMap((folder) => packs(folder, "manifest.json")).map((directory) => ({
      name: `model ${path.basename(directory)}`,
      start: () => startModelJudge([{ directory }], LIMITS, { sandbox: "auto" }),
    })),
  ];
}

/** The same plan for the same seed: `files` changes of up to 30 lines. */
export function planOf(seed: number, files: number): PreflightInput {
  let state = seed;
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const pick = (list: readonly string[]) => list[next(list.length)] ?? "";
  const noise = () => Array.from({ length: next(300) }, () => String.fromCharCode(33 + next(90))).join("");
  const line = () => (next(3) > 0 ? pick(LINES) : noise());
  const artifacts = Array.from({ length: files }, (_, index): PreflightArtifact => {
    const file = pick(index % 2 === 0 ? Object.keys(WHOLE) : FILLED);
    const added = (WHOLE[file] ?? Array.from({ length: 1 + next(30) }, line)).map((text, at) => ({
      line: at + 1,
      text,
    }));
    const change: FileChange = {
      op: next(2) === 0 ? "create" : "update",
      path: `${index}/${file}`,
      entry: "file",
      executable: next(4) === 0,
      became_executable: false,
      setid: false,
      binary: false,
      insertions: added.length,
      deletions: 0,
      added,
      removed: [],
      truncated: false,
    };
    return {
      name: `change-${index}`,
      role: "evidence",
      artifact_type: "file",
      action: change.op,
      mime: "text/plain",
      metadata: {},
      change,
    };
  });
  return { ...FRAME, artifacts, summary: { ...NONE, artifacts: files, files } };
}

/** The whole text of each file is what was added to it. */
export function contentsOf(plan: PreflightInput): PreflightContents {
  const texts = new Map(
    plan.artifacts.map(({ name, change }) => [name, change?.added.map(({ text }) => text).join("\n")]),
  );
  return { text: async (name) => texts.get(name) };
}

const NONE = {
  artifacts: 0,
  files: 0,
  created: 0,
  updated: 0,
  deleted: 0,
  renamed: 0,
  binary: 0,
  insertions: 0,
  deletions: 0,
};
const FRAME: Omit<PreflightInput, "artifacts" | "summary"> = {
  format: "cabincrew.preflight/1",
  time: "2026-01-01T00:00:00Z",
  workflow: { id: "run", step_id: "main" },
  mode: "flight-plan",
  principal: { id: "tester", proven: false },
  engine: { id: "exec", version: "1.0.0", digest: "0".repeat(64), idempotent: true, reconcile: false },
  config: {},
  permissions: { network: false, env: [], secrets: [], read: [], write: [] },
  workspace: { hash: "0".repeat(64), path: "/workspace" },
  sandbox: { kind: "none" },
  receipt: {},
};
