import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryName } from "../../../engines/exec/temporary-name.ts";
import { findProgram } from "../../../engines/sandbox/index.ts";
import {
  fingerprint,
  hasBubblewrap,
  hasOverlay,
  isRoot,
  type Launch,
  launch,
  makeScratch,
  NOBODY,
  picture,
  removeScratch,
  summary,
} from "./engine.ts";

const FIXTURES = path.join(import.meta.dirname, "../../fixtures/exec");
const WAYS = [
  {
    name: "overlay and bubblewrap",
    config: { private_copy: "overlay", sandbox: "required" },
    possible: hasOverlay && hasBubblewrap,
  },
  { name: "overlay only", config: { private_copy: "overlay", sandbox: "off" }, possible: hasOverlay },
  { name: "copy and bubblewrap", config: { private_copy: "copy", sandbox: "required" }, possible: hasBubblewrap },
  { name: "copy only", config: { private_copy: "copy", sandbox: "off" }, possible: true },
].filter((way) => way.possible);

let scratch: string;
let count = 0;
beforeAll(() => {
  scratch = makeScratch("ways");
});
afterAll(() => removeScratch(scratch));

const names = fc.constantFrom(
  "a",
  "b",
  "dir",
  "dir/x",
  "dir/y",
  "dir/sub",
  "dir/sub/z",
  "sp ace/ü",
  "sp ace",
  "new\nline",
  "\xff\xfe",
  "dir/\xff",
  "l",
  "e",
  "e/f",
);
const contents = fc.constantFrom("", "one\n", "two\nlines\n", "no end", "\0binary\xff");
const modes = fc.constantFrom(0o644, 0o755, 0o600, 0o4755, 0o700, 0o2755);
const edit = fc.oneof(
  fc.record({ kind: fc.constant("write"), path: names, content: contents }),
  fc.record({ kind: fc.constant("append"), path: names, content: contents }),
  fc.record({ kind: fc.constant("mkdir"), path: names }),
  fc.record({ kind: fc.constant("remove"), path: names }),
  fc.record({ kind: fc.constant("chmod"), path: names, mode: modes }),
  fc.record({ kind: fc.constant("link"), path: names, to: fc.constantFrom("a", "../elsewhere", "dir", "\xff") }),
  fc.record({ kind: fc.constant("move"), path: names, to: names }),
  fc.record({ kind: fc.constant("touch"), path: names }),
  fc.record({ kind: fc.constant("rewrite"), path: names }),
);
const edits = fc.array(edit, { minLength: 1, maxLength: 25 });

function tree(start: readonly object[]): string {
  const root = path.join(scratch, `tree-${++count}`);
  mkdirSync(root);
  run(root, [
    { kind: "mkdir", path: "dir" },
    { kind: "mkdir", path: "sp ace" },
    { kind: "write", path: "dir/x", content: "x\n" },
    ...start,
  ]);
  return root;
}

function run(cwd: string, list: readonly object[]): void {
  execFileSync(process.execPath, [path.join(FIXTURES, "edit.mjs"), JSON.stringify(list)], { cwd });
}

function copyOf(root: string): string {
  const copy = path.join(scratch, `tree-${++count}`);
  execFileSync("cp", ["-a", root, copy]);
  return copy;
}

function launchOf(workspace: string, config: object, list: readonly object[], asNobody = false): Launch {
  const command = [process.execPath, path.join(FIXTURES, "edit.mjs"), JSON.stringify(list)];
  return {
    program: "engines-exec",
    scratch,
    workspace,
    config: { ...config, command },
    permissions: { read: [FIXTURES] },
    asNobody,
  };
}

test(`whatever a command does to whatever tree, plan and take-off leave what it left, and all ways plan alike (${WAYS.map((way) => way.name).join(", ")})`, () => {
  fc.assert(
    fc.property(edits, edits, (start, list) => {
      const before = tree(start);
      const expected = copyOf(before);
      run(expected, list);
      const untouched = picture(before);
      const prints = WAYS.map((way) => {
        const planned = launch("flight-plan", launchOf(before, way.config, list));
        expect(planned.receipt.error ?? planned.code, planned.log).toBe(0);
        expect(picture(before)).toEqual(untouched);
        return { planned, print: fingerprint(planned.artifacts) };
      });
      expect(new Set(prints.map((each) => each.print)).size).toBe(1);
      const [first] = prints;
      if (!first) throw new Error("there is always a way");
      const flown = launch("take-off", launchOf(before, {}, list), first.planned.artifacts);
      expect(flown.receipt.error ?? flown.code).toBe(0);
      expect(picture(before)).toEqual(picture(expected));
    }),
    { numRuns: 5, seed: 11 },
  );
});

test("a machine that makes no overlay says why where one is asked for, and nothing into the command's log where none is", () => {
  const programs = path.join(scratch, "programs");
  mkdirSync(programs);
  for (const name of ["cp", "sh"]) symlinkSync(findProgram(name) ?? "", path.join(programs, name));
  const planned = (way: string) =>
    launch("flight-plan", {
      program: "engines-exec",
      scratch,
      workspace: tree([]),
      config: { private_copy: way, sandbox: "off", command: ["sh", "-c", "echo said >&2"] },
      env: { PATH: programs },
    });
  const [auto, overlay] = [planned("auto"), planned("overlay")];
  expect([auto.code, auto.log, auto.receipt.diagnostics]).toEqual([
    0,
    "said\n",
    expect.objectContaining({ private_copy: "copy" }),
  ]);
  const why = "This machine cannot make an overlay over the workspace: spawn unshare ENOENT.";
  expect([overlay.code, overlay.log, overlay.receipt.error]).toEqual([2, "", expect.stringContaining(why)]);
});

test(`what a killed take-off left half-written goes with the plan of the same change, and of no other (${WAYS.map((way) => way.name).join(", ")})`, () => {
  const before = tree(["a", "b", "l"].map((name) => ({ kind: "write", path: name, content: "one\n" })));
  const left = ["a", "b", "l"].map((name) => temporaryName(name));
  for (const name of left) writeFileSync(path.join(before, name), "half");
  const plans = WAYS.map(({ config }) => {
    const list = [
      { kind: "append", path: "a", content: "two\n" },
      { kind: "rewrite", path: "b" },
    ];
    const planned = launch("flight-plan", launchOf(before, config, list));
    expect(planned.receipt.error ?? planned.code, planned.log).toBe(0);
    return summary(planned.artifacts);
  });
  expect(plans).toEqual(WAYS.map(() => [`delete ${left[0]}`, "update a"]));
});

test.runIf(isRoot && hasOverlay)("an ordinary user plans and takes off alike (needs root to become one)", () => {
  fc.assert(
    fc.property(edits, edits, (start, list) => {
      const before = tree(start);
      const expected = copyOf(before);
      for (const each of [before, expected]) execFileSync("chown", ["-Rh", `${NOBODY}:${NOBODY}`, each]);
      const ended = execFileSync(
        "setpriv",
        [
          `--reuid=${NOBODY}`,
          `--regid=${NOBODY}`,
          "--clear-groups",
          process.execPath,
          path.join(FIXTURES, "edit.mjs"),
          JSON.stringify(list),
        ],
        { cwd: expected },
      );
      expect(ended.toString()).toBe("");
      const prints = WAYS.map((way) => {
        const planned = launch("flight-plan", launchOf(before, way.config, list, true));
        expect(planned.receipt.error ?? planned.code, planned.log).toBe(0);
        return { planned, print: fingerprint(planned.artifacts) };
      });
      expect(new Set(prints.map((each) => each.print)).size).toBe(1);
      const [first] = prints;
      if (!first) throw new Error("there is always a way");
      const flown = launch("take-off", launchOf(before, {}, list, true), first.planned.artifacts);
      expect(flown.receipt.error ?? flown.code).toBe(0);
      expect(picture(before)).toEqual(picture(expected));
    }),
    { numRuns: 3, seed: 5 },
  );
});

test.each(WAYS)(
  "the command has its caller's user id and sees the workspace at its own path ($name)",
  ({ name, config }) => {
    const workspace = path.join(scratch, `odd: name,${++count}\\x`);
    mkdirSync(workspace);
    chownSync(workspace, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
    writeFileSync(path.join(workspace, "keep"), "x");
    const planned = launch("flight-plan", {
      program: "engines-exec",
      scratch,
      workspace,
      config: { ...config, command: ["sh", "-c", "id -u > uid; pwd > here"] },
    });
    expect(planned.receipt.error ?? planned.code, planned.log).toBe(0);
    const flown = launch("take-off", { program: "engines-exec", scratch, workspace, config: {} }, planned.artifacts);
    expect(flown.code).toBe(0);
    expect(execFileSync("cat", ["uid"], { cwd: workspace }).toString().trim()).toBe(String(process.getuid?.()));
    if (name !== "copy only")
      expect(execFileSync("cat", ["here"], { cwd: workspace }).toString().trim()).toBe(workspace);
  },
);

test.each(WAYS)(
  "a granted path beside the workspace is found by its relative name, one that is not granted is not ($name)",
  ({ name, config }) => {
    const place = path.join(scratch, `beside-${++count}`);
    const workspace = path.join(place, "deep", "workspace");
    mkdirSync(workspace, { recursive: true });
    writeFileSync(path.join(place, "tool"), "#!/bin/sh\ncat ../notes/* > found\n", { mode: 0o755 });
    mkdirSync(path.join(place, "deep", "notes"));
    writeFileSync(path.join(place, "deep", "notes", "n"), "noted\n");
    const plan = (...read: string[]) =>
      launch("flight-plan", {
        program: "engines-exec",
        scratch,
        workspace,
        config: { ...config, command: ["../../tool"] },
        permissions: { read },
      });
    const notes = path.join(place, "deep", "notes");
    const grants = [[path.join(place, "tool"), notes], [place]];
    if (name === "copy only") grants.push([place, notes], [path.join(place, "deep"), place]);
    const prints = grants.map((read) => {
      const { receipt, code, log, artifacts } = plan(...read);
      expect(receipt.error ?? code, log).toBe(0);
      return fingerprint(artifacts);
    });
    expect(new Set(prints).size).toBe(1);
    if (name !== "overlay only") expect(plan().receipt.error).toMatch(/exited with (1|127).*`--read` grants it/);
  },
);

test.each(WAYS)("replaced directories and files change their type ($name)", ({ config }) => {
  const workspace = path.join(scratch, `types-${++count}`);
  mkdirSync(path.join(workspace, "d", "deep"), { recursive: true });
  writeFileSync(path.join(workspace, "d", "deep", "f"), "f\n");
  writeFileSync(path.join(workspace, "file"), "was a file\n");
  symlinkSync("d", path.join(workspace, "link"));
  chmodSync(path.join(workspace, "file"), 0o640);
  const command = [
    "sh",
    "-c",
    "rm -r d && echo now > d && rm file link && mkdir file link && echo in > file/in && echo in > link/in && chmod 750 link",
  ];
  const expected = copyOf(workspace);
  execFileSync(command[0] ?? "", command.slice(1), { cwd: expected });
  const planned = launch("flight-plan", {
    program: "engines-exec",
    scratch,
    workspace,
    config: { ...config, command },
  });
  const flown = launch("take-off", { program: "engines-exec", scratch, workspace, config: {} }, planned.artifacts);
  expect(flown.receipt.error ?? flown.code).toBe(0);
  expect(picture(workspace)).toEqual(picture(expected));
});

test.runIf(isRoot).each(WAYS)(
  "an ordinary user's command may lock itself out of what it made ($name; needs root to become one)",
  ({ config }) => {
    const workspace = path.join(scratch, `locked-${++count}`);
    mkdirSync(path.join(workspace, "d", "e"), { recursive: true });
    writeFileSync(path.join(workspace, "d", "f"), "f\n");
    execFileSync("chown", ["-R", `${NOBODY}:${NOBODY}`, workspace]);
    const script = "echo 2 >> d/f; mkdir new; echo n > new/n; chmod 0 d/f d/e new/n; chmod 644 d; chmod 0 new";
    const options: Launch = {
      program: "engines-exec",
      scratch,
      workspace,
      config: { ...config, command: ["sh", "-c", script] },
      asNobody: true,
    };
    const planned = launch("flight-plan", options);
    expect(planned.receipt.error ?? planned.code, planned.log).toBe(0);
    const flown = launch("take-off", options, planned.artifacts);
    expect(flown.receipt.error ?? flown.code).toBe(0);
    expect(picture(workspace)).toMatchObject({
      d: "directory 644",
      "d/e": "directory 0",
      "d/f": expect.stringContaining("file 0 "),
      new: "directory 0",
    });
  },
);

test.runIf(isRoot)(
  "a plain copy is made where what was granted around it can be passed but not listed (needs root)",
  () => {
    const closed = path.join(scratch, "closed");
    const workspace = path.join(closed, "workspace");
    mkdirSync(workspace, { recursive: true });
    chownSync(workspace, NOBODY, NOBODY);
    chmodSync(closed, 0o711);
    const { receipt, code, log } = launch("flight-plan", {
      program: "engines-exec",
      scratch,
      workspace,
      config: { private_copy: "copy", sandbox: "off", command: ["touch", "made"] },
      permissions: { read: [closed] },
      asNobody: true,
    });
    expect(receipt.error ?? code, log).toBe(0);
  },
);
