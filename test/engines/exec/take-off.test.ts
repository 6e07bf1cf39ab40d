import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Launched, launch, makeScratch, picture, removeScratch } from "./engine.ts";

const KILL = path.join(import.meta.dirname, "../../fixtures/exec/kill-at.cjs");
const SCRIPT =
  "echo 2 >> edit; rm -r gone; mv old new; mkdir -p d/e; echo in > d/e/f; ln -s edit l; chmod 750 kept; rm flip; mkdir flip; echo x > flip/x; rm -r flop; echo y > flop";

let scratch: string;
let count = 0;
beforeAll(() => {
  scratch = makeScratch("take-off");
});
afterAll(() => removeScratch(scratch));

function makeWorkspace(): string {
  const root = path.join(scratch, `workspace-${++count}`);
  for (const name of ["gone/a", "gone/b", "kept/k", "flop/z", "edit", "old", "flip"]) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), `${name}\n`);
  }
  return root;
}

function plan(workspace: string, script = SCRIPT): Launched {
  const planned = launch("flight-plan", {
    program: "engines-exec",
    scratch,
    workspace,
    config: { command: ["sh", "-c", script] },
  });
  expect(planned.receipt.error ?? planned.code, planned.log).toBe(0);
  return planned;
}

const fly = (mode: "take-off" | "reconcile", workspace: string, artifacts: string, killAt?: number) =>
  launch(
    mode,
    {
      program: "engines-exec",
      scratch,
      workspace,
      config: {},
      ...(killAt ? { nodeOptions: ["--require", KILL], env: { KILL_AT: String(killAt) } } : {}),
    },
    artifacts,
  );

function copyOf(root: string): string {
  const copy = path.join(scratch, `workspace-${++count}`);
  execFileSync("cp", ["-a", root, copy]);
  return copy;
}

function after(workspace: string): Record<string, string> {
  const expected = copyOf(workspace);
  execFileSync("sh", ["-c", SCRIPT], { cwd: expected });
  return picture(expected);
}

test("take-off is idempotent, and reconcile tells before from after", () => {
  const workspace = makeWorkspace();
  const { artifacts } = plan(workspace);
  const expected = after(workspace);
  expect(fly("reconcile", workspace, artifacts).receipt.diagnostics).toMatchObject({ outcome: "not_applied" });
  expect(fly("take-off", workspace, artifacts).receipt).toMatchObject({
    status: "success",
    diagnostics: { outcome: "applied", already: 0 },
  });
  expect(picture(workspace)).toEqual(expected);
  expect(fly("reconcile", workspace, artifacts).receipt.diagnostics).toMatchObject({ outcome: "applied" });
  expect(fly("take-off", workspace, artifacts).receipt).toMatchObject({
    status: "success",
    diagnostics: { outcome: "applied", changed: 0 },
  });
  expect(picture(workspace)).toEqual(expected);
});

test("another name of a file keeps its mode when the plan changes that of one", () => {
  const workspace = makeWorkspace();
  const others = ["edit", "old"].map((name) => path.join(scratch, `other-name-of-${name}`));
  for (const other of others) linkSync(path.join(workspace, path.basename(other).slice(14)), other);
  const before = others.map((other) => statSync(other).mode);
  const { artifacts } = plan(workspace, "chmod 751 edit; mv old new; chmod 700 new");
  expect(fly("take-off", workspace, artifacts).receipt).toMatchObject({ diagnostics: { outcome: "applied" } });
  expect(others.map((other) => statSync(other).mode)).toEqual(before);
  const modes = ["edit", "new"].map((name) => statSync(path.join(workspace, name)).mode & 0o7777);
  expect([modes, readFileSync(path.join(workspace, "new"), "utf8")]).toEqual([[0o751, 0o700], "old\n"]);
});

test("killed before every third of its steps and started again, take-off completes and leaves nothing behind", () => {
  const original = makeWorkspace();
  const { artifacts } = plan(original);
  const expected = after(original);
  const outcomes = new Set<unknown>();
  for (let step = 1; ; step += 3) {
    const workspace = copyOf(original);
    const killed = fly("take-off", workspace, artifacts, step);
    if (killed.code === 0) break;
    expect(killed.signal).toBe("SIGKILL");
    if (step % 8 === 1) {
      const found = fly("reconcile", workspace, artifacts).receipt.diagnostics as {
        outcome: string;
        conflicts: string[];
      };
      expect(found.conflicts).toEqual([]);
      outcomes.add(found.outcome);
    }
    const again = fly("take-off", workspace, artifacts);
    expect(again.receipt.error ?? again.code).toBe(0);
    expect(picture(workspace)).toEqual(expected);
    removeScratch(workspace);
  }
  expect(outcomes).toContain("partial");
  expect(outcomes).toContain("not_applied");
});

test("killed before every third of its steps and planned anew, nothing half-written stays, and the plan says that it goes", () => {
  const script = "echo 2 > edit; echo fresh > kept/fresh";
  const original = makeWorkspace();
  const expected = planAndFly(copyOf(original), script);
  let taken = 0;
  for (let step = 1; ; step += 3) {
    const workspace = copyOf(original);
    if (fly("take-off", workspace, plan(workspace, script).artifacts, step).code === 0) break;
    const half = Object.keys(picture(workspace)).filter((name) => name.includes(".cabincrew-tmp-"));
    const { artifacts } = plan(workspace, script);
    const diff = path.join(artifacts, "unified-diff", "changes.diff");
    const said = existsSync(diff) ? readFileSync(diff, "utf8") : "";
    expect(half.filter((name) => !said.includes(name))).toEqual([]);
    taken += half.length;
    // Killed once more while it takes the half-written content away, it is repeated.
    fly("take-off", workspace, artifacts, 2);
    expect(fly("take-off", workspace, artifacts).receipt.error).toBeUndefined();
    expect(picture(workspace)).toEqual(expected);
    removeScratch(workspace);
  }
  expect(taken).toBeGreaterThan(0);
});

function planAndFly(workspace: string, script: string): Record<string, string> {
  expect(fly("take-off", workspace, plan(workspace, script).artifacts).code).toBe(0);
  return picture(workspace);
}

test.each([
  ["a changed file", (root: string) => writeFileSync(path.join(root, "edit"), "edit\nx"), "edit"],
  ["a changed mode", (root: string) => chmodSync(path.join(root, "old"), 0o600), "new"],
  ["something new where a file is to be made", (root: string) => writeFileSync(path.join(root, "l"), ""), "l"],
  ["a new file in a directory that goes", (root: string) => writeFileSync(path.join(root, "gone", "mine"), ""), "gone"],
  ["a file that is gone", (root: string) => rmSync(path.join(root, "edit")), "edit"],
])("%s is a conflict, found before anything is written", (_, change, conflict) => {
  const workspace = makeWorkspace();
  const { artifacts } = plan(workspace);
  change(workspace);
  const before = picture(workspace);
  const flown = fly("take-off", workspace, artifacts);
  expect(flown).toMatchObject({
    code: 1,
    receipt: { status: "failure", diagnostics: { outcome: "not_applied", conflicts: [conflict] } },
  });
  expect(picture(workspace)).toEqual(before);
});

test("a link that took a directory's place leads nothing out of the workspace", () => {
  for (const script of [
    "echo evil > kept/k",
    "echo evil > kept/new",
    "rm kept/k",
    "chmod 777 kept/k",
    "mv old kept/moved",
  ]) {
    const workspace = makeWorkspace();
    const outside = path.join(scratch, `outside-${++count}`);
    const { artifacts } = plan(workspace, script);
    renameSync(path.join(workspace, "kept"), outside);
    symlinkSync(outside, path.join(workspace, "kept"));
    const before = picture(outside);
    const flown = fly("take-off", workspace, artifacts);
    expect(flown, script).toMatchObject({
      code: 1,
      receipt: { status: "failure", diagnostics: { outcome: "not_applied" } },
    });
    expect(picture(outside)).toEqual(before);
  }
});

test.each([
  ["an absolute path", { target: "/etc/evil" }],
  ["a way upwards", { target: "kept/../../evil" }],
  ["an empty component", { target: "kept//evil" }],
  ["a NUL byte", { target: "evil\0" }],
  ["a path below another change's file", { target: "edit/evil" }],
  ["the same path twice", { target: "edit" }],
  ["a foreign format", { metadata: { format: "other/1" } }],
  ["a mode that is none", { metadata: { mode: "99" } }],
  ["other bytes than it shows", { target: "safe", metadata: { path_b64: Buffer.from("evil").toString("base64") } }],
  ["no body", { body_file: undefined }],
])("a plan with %s is refused", (_, wrong: { target?: string; body_file?: undefined; metadata?: object }) => {
  const workspace = makeWorkspace();
  const { artifacts } = plan(workspace, "echo 2 >> edit; echo new > made");
  const file = path.join(artifacts, "c000002", "artifact.json");
  const document = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...document, ...wrong, metadata: { ...document.metadata, ...wrong.metadata } }));
  const before = picture(workspace);
  const flown = fly("take-off", workspace, artifacts);
  expect(flown.code).toBe(1);
  expect(flown.receipt.error).toContain("cannot be applied");
  expect(picture(workspace)).toEqual(before);
});

test("content that is not what the plan says does not reach its file", () => {
  const workspace = makeWorkspace();
  const { artifacts } = plan(workspace, "echo 2 >> edit");
  writeFileSync(path.join(artifacts, "c000001", "body"), "else");
  const before = readFileSync(path.join(workspace, "edit"), "utf8");
  expect(fly("take-off", workspace, artifacts).receipt).toMatchObject({
    status: "failure",
    diagnostics: { outcome: "not_applied" },
  });
  expect(readFileSync(path.join(workspace, "edit"), "utf8")).toBe(before);
});

test("what an earlier attempt left half-written is replaced", () => {
  const workspace = makeWorkspace();
  const { artifacts } = plan(workspace, "echo 2 >> edit");
  const probe = copyOf(workspace);
  fly("take-off", probe, artifacts, 2);
  const [left] = Object.keys(picture(probe)).filter((name) => name.startsWith(".cabincrew-tmp-"));
  if (!left) throw new Error("the attempt was to leave its temporary file");
  cpSync(path.join(probe, left), path.join(workspace, left));
  expect(fly("take-off", workspace, artifacts).code).toBe(0);
  expect(existsSync(path.join(workspace, left))).toBe(false);
});
