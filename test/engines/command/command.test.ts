import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hasBubblewrap, hasOverlay, launch, makeScratch, picture, removeScratch } from "../exec/engine.ts";

let scratch: string;
let count = 0;
beforeAll(() => {
  scratch = makeScratch("command");
});
afterAll(() => removeScratch(scratch));

function prepared(config: object, permissions: object = {}, env: Record<string, string> = {}) {
  const workspace = path.join(scratch, `workspace-${++count}`);
  mkdirSync(path.join(workspace, "sub"), { recursive: true });
  writeFileSync(path.join(workspace, "kept"), "kept\n");
  const go = (mode: "flight-plan" | "take-off" | "reconcile", artifacts?: string, secrets?: Record<string, string>) =>
    launch(
      mode,
      { program: "engines-command", scratch, workspace, config, permissions, env, ...(secrets ? { secrets } : {}) },
      artifacts,
    );
  return { workspace, go };
}

const body = (artifacts: string, name: string, file = "body") => readFileSync(path.join(artifacts, name, file), "utf8");

test("the plan command's output and plan files become artifacts; nothing it writes lands in the workspace", () => {
  const { workspace, go } = prepared({
    plan: "mkdir -p \"$CABINCREW_PLAN_DIR/deep\"; echo sealed > {plan_dir}/deep/x.plan; echo in-tree > tree.plan; rm kept; printf 'shown\\n\\n'",
    plan_files: ["{plan_dir}/**/*.plan", "tree.plan"],
    apply: ["sh", "-c", "cat {plan_dir}/deep/x.plan tree-is-not-here 2>&1; cat $CABINCREW_PLAN_DIR/tree.plan > landed"],
  });
  const before = picture(workspace);
  const plan = go("flight-plan");
  expect(plan.receipt.error ?? plan.code, plan.log).toBe(0);
  expect(picture(workspace)).toEqual(before);
  expect(readdirSync(plan.artifacts).sort()).toEqual(["p000001", "p000002", "plan-output"]);
  expect(plan.receipt.artifacts?.map(({ name, role }) => `${name} ${role}`)).toEqual([
    "p000001 state",
    "p000002 state",
    "plan-output evidence",
  ]);
  expect(body(plan.artifacts, "p000001")).toBe("sealed\n");
  expect(body(plan.artifacts, "plan-output", "output.txt")).toBe("shown\n\n");
  expect(JSON.parse(body(plan.artifacts, "p000001", "artifact.json"))).toMatchObject({
    artifact_type: "plan-file",
    action: "apply",
    target: "deep/x.plan",
  });
  const flown = go("take-off", plan.artifacts);
  expect(flown.receipt.error ?? flown.code, flown.log).toBe(0);
  expect(readFileSync(path.join(workspace, "landed"), "utf8")).toBe("in-tree\n");
  expect(body(flown.output, "apply-output", "output.txt")).toContain("sealed\n");
  expect(flown.receipt.artifacts).toMatchObject([{ name: "apply-output", role: "log" }]);
});

const ways = [
  { private_copy: "overlay", sandbox: "off", possible: hasOverlay },
  { private_copy: "copy", sandbox: "off", possible: true },
  { private_copy: "copy", sandbox: "required", possible: hasBubblewrap },
].filter((way) => way.possible);
test.each(ways)(
  "plan files travel in every private copy ($private_copy, sandbox $sandbox)",
  ({ private_copy, sandbox }) => {
    const { workspace, go } = prepared({
      private_copy,
      sandbox,
      plan: 'echo one > "$CABINCREW_PLAN_DIR/f"; pwd > here',
      cwd: "sub",
      plan_files: ["{plan_dir}/f", "here"],
      apply: 'cat "$CABINCREW_PLAN_DIR/f" > applied',
    });
    const plan = go("flight-plan");
    expect(plan.receipt.error ?? plan.code, plan.log).toBe(0);
    expect(body(plan.artifacts, "p000001")).toBe("one\n");
    expect(go("take-off", plan.artifacts).code).toBe(0);
    expect(readFileSync(path.join(workspace, "sub", "applied"), "utf8")).toBe("one\n");
  },
);

test("which bubblewrap it may use is the orchestrator's to say, and a required sandbox is not done without", () => {
  const told = { CABINCREW_BUBBLEWRAP: "none" };
  const plan = prepared({ plan: "true", apply: "true" }, {}, told).go("flight-plan");
  expect(plan).toMatchObject({ code: 0, receipt: { diagnostics: { sandbox: "none" } } });
  const required = prepared({ plan: "true", apply: "true", sandbox: "required" }, {}, told).go("flight-plan");
  expect(required.code).not.toBe(0);
  expect(required.receipt.error).toContain("A sandbox is required");
});

test.each([
  ["is missing", "true", "{plan_dir}/none"],
  ["matches nothing", "true", "*.plan"],
  ["is a link", "ln -s /etc/passwd {plan_dir}/l", "{plan_dir}/l"],
  ["lies behind a link", "ln -s /etc {plan_dir}/l", "{plan_dir}/l/passwd"],
])("a declared plan file that %s fails the plan", (_, plan, file) => {
  const run = prepared({ plan, apply: "true", plan_files: [file] }).go("flight-plan");
  expect(run).toMatchObject({ code: 1, receipt: { status: "failure" } });
  expect(run.receipt.error).toContain("plan file");
});

test("a failing plan or apply command is a failure that names it, with its output kept", () => {
  const { go } = prepared({ plan: "echo why >&2; exit 4", apply: "true" });
  expect(go("flight-plan")).toMatchObject({ code: 1, log: expect.stringContaining("why") });
  const second = prepared({ plan: "true", apply: "echo half; exit 5" });
  const flown = second.go("take-off", second.go("flight-plan").artifacts);
  expect(flown).toMatchObject({ code: 1, receipt: { status: "failure", diagnostics: { exit_code: 5 } } });
  expect(flown.receipt.error).toContain("exited with 5");
  expect(body(flown.output, "apply-output", "output.txt")).toBe("half\n");
});

test.each([
  [{}, "unknown"],
  [{ idempotent: true }, "not_applied"],
  [{ check: "exit 0" }, "applied"],
  [{ check: "exit 1" }, "not_applied"],
  [{ check: ["sh", "-c", "exit 7"] }, "unknown"],
  [{ check: "no-such-program-here" }, "unknown"],
])("reconcile with %j says %s", (more, outcome) => {
  const { go } = prepared({ plan: "true", apply: "true", ...more });
  expect(go("reconcile", go("flight-plan").artifacts).receipt).toMatchObject({
    status: "success",
    diagnostics: { outcome },
  });
});

test.runIf(hasBubblewrap)("in the sandbox apply writes the workspace only, and check not even that", () => {
  const outside = path.join(scratch, "outside");
  const { workspace, go } = prepared({
    plan: "true",
    apply: `echo x > ${outside}; echo x > inside`,
    check: "echo x > checked",
  });
  const plan = go("flight-plan");
  expect(go("take-off", plan.artifacts).code).toBe(0);
  expect(existsSync(outside)).toBe(false);
  expect(existsSync(path.join(workspace, "inside"))).toBe(true);
  go("reconcile", plan.artifacts);
  expect(existsSync(path.join(workspace, "checked"))).toBe(false);
});

test("a plan file that was altered after sealing is refused before apply runs", () => {
  const { workspace, go } = prepared({
    plan: "echo good > {plan_dir}/f",
    plan_files: ["{plan_dir}/f"],
    apply: "touch applied",
  });
  const plan = go("flight-plan");
  writeFileSync(path.join(plan.artifacts, "p000001", "body"), "evil\n");
  expect(go("take-off", plan.artifacts)).toMatchObject({ code: 1, receipt: { status: "failure" } });
  expect(existsSync(path.join(workspace, "applied"))).toBe(false);
});

test("secrets reach both commands as variables", () => {
  const { workspace, go } = prepared({ plan: 'test "$KEY" = s3cret', apply: 'test "$KEY" = s3cret && touch done' });
  const plan = go("flight-plan", undefined, { KEY: "s3cret" });
  expect(plan.receipt.error ?? plan.code).toBe(0);
  expect(go("take-off", plan.artifacts, { KEY: "s3cret" }).code).toBe(0);
  expect(existsSync(path.join(workspace, "done"))).toBe(true);
});

test.each([
  [{ plan: "true" }, "apply"],
  [{ plan: [], apply: "true" }, "plan"],
  [{ plan: "true", apply: "true", cwd: "../out" }, "cwd"],
  [{ plan: "true", apply: "true", plan_files: ["../out"] }, "plan_files"],
  [{ plan: "true", apply: "true", planfiles: [] }, "planfiles"],
])("a configuration that cannot be used is refused: %j", (config, key) => {
  const run = prepared(config).go("flight-plan");
  expect(run.code).toBe(2);
  expect(run.receipt.error).toContain(`\`${key}\``);
});
