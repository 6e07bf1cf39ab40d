import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  changesIn,
  fingerprint,
  hasBubblewrap,
  type Launch,
  launch,
  makeScratch,
  removeScratch,
  summary,
} from "./engine.ts";

let scratch: string;
let count = 0;
beforeAll(() => {
  scratch = makeScratch("plan");
});
afterAll(() => removeScratch(scratch));

function workspaceWith(files: Record<string, string>): string {
  const root = path.join(scratch, `workspace-${++count}`);
  mkdirSync(root);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), content);
  }
  return root;
}

function plan(workspace: string, script: string, rest: Partial<Launch> & { config?: object } = {}) {
  const config = { command: ["sh", "-c", script], ...rest.config };
  return launch("flight-plan", { program: "engines-exec", scratch, workspace, ...rest, config });
}

test("a command that changes nothing has no artifacts at all", () => {
  const planned = plan(workspaceWith({ a: "a" }), "touch a; cat a; cp a b; rm b");
  expect(planned.code).toBe(0);
  expect(planned.receipt.artifacts).toEqual([]);
  expect(planned.log).toContain("a");
});

test("each change is one artifact, in byte order of path, with everything needed to check and repeat it", () => {
  const workspace = workspaceWith({ "b/moved": "content\n", gone: "gone\n", edited: "1\n", run: "#!/bin/sh\n" });
  chmodSync(path.join(workspace, "run"), 0o644);
  const planned = plan(
    workspace,
    "mkdir n; mv b/moved n/moved2; rm gone; echo 2 >> edited; chmod 4755 run; ln -s /etc s; mkdir -m 700 empty; printf 'a\\0b' > bin",
  );
  const shown = changesIn(planned.artifacts);
  expect(shown.map(({ name, action, target }) => `${name} ${action} ${target}`)).toEqual([
    "c000001 create bin",
    "c000002 update edited",
    "c000003 create empty",
    "c000004 delete gone",
    "c000005 rename n/moved2",
    "c000006 update run",
    "c000007 create s",
  ]);
  expect(shown[1]).toMatchObject({
    body: "1\n2\n",
    metadata: { entry: "file", old_entry: "file", mode: "0644", size: 4, old_size: 2 },
  });
  expect(shown[2]?.metadata).toEqual({ format: "cabincrew.file-change/1", entry: "directory", mode: "0700" });
  expect(shown[4]).toMatchObject({
    body: undefined,
    metadata: { old_path: "b/moved", mode: "0644", old_mode: "0644" },
  });
  expect(shown[5]).toMatchObject({ body: undefined, metadata: { mode: "4755", old_mode: "0644" } });
  expect(shown[6]).toMatchObject({
    body: undefined,
    metadata: { entry: "symlink", link_target: "/etc", mode: "0777" },
  });
  const diff = readFileSync(path.join(planned.artifacts, "unified-diff", "changes.diff"), "utf8");
  expect(diff).toContain("--- a/edited\n+++ b/edited\n@@ -1 +1,2 @@\n 1\n+2\n");
  expect(diff).toContain("Binary or large files /dev/null and b/bin differ");
  expect(diff).toContain("rename from b/moved\nrename to n/moved2\n");
  expect(planned.receipt.artifacts?.at(-1)).toMatchObject({ name: "unified-diff", role: "evidence" });
});

test("names of 255 bytes, with newlines and with bytes that are not UTF-8 are exact and readable", () => {
  const long = "l".repeat(255);
  const planned = plan(
    workspaceWith({}),
    `printf x > ${long}; printf x > "$(printf 'n\\nl')"; printf y > "$(printf 'z\\377')"; ln -s "$(printf '\\376')" lnk`,
  );
  const shown = changesIn(planned.artifacts);
  expect(shown.map((change) => change.target)).toEqual([long, "lnk", "n\nl", "z\\xff"]);
  expect(shown[1]?.metadata).toMatchObject({
    link_target: "\\xfe",
    link_target_b64: Buffer.from([0xfe]).toString("base64"),
  });
  expect(shown[3]?.metadata).toMatchObject({ path_b64: Buffer.from([0x7a, 0xff]).toString("base64") });
});

test("two flight-plans on the same workspace give the same bytes", () => {
  const workspace = workspaceWith({ a: "same", b: "same", c: "same" });
  const script = "mkdir d; mv a d/z; mv b d/c; mv c d/a; touch d/new";
  const [one, two] = [plan(workspace, script), plan(workspace, script)];
  expect(summary(one.artifacts)).toEqual(["rename d/a", "rename d/c", "create d/new", "rename d/z"]);
  expect(fingerprint(one.artifacts)).toBe(fingerprint(two.artifacts));
});

test.each([
  ["a FIFO", "mkfifo odd"],
  [
    "a socket",
    `python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("odd")' || node -e 'require("net").createServer().listen("odd", () => process.kill(process.pid, "SIGKILL"))' || true`,
  ],
])("%s is refused by its path", (what, script) => {
  const planned = plan(workspaceWith({}), script);
  expect(planned.code).toBe(1);
  expect(planned.receipt).toMatchObject({ status: "failure" });
  expect(planned.receipt.error).toContain(`${what} at odd`);
});

test("a command that fails, is killed or does not exist plans nothing and says why", () => {
  const workspace = workspaceWith({});
  const failed = plan(workspace, "echo x > f; echo why >&2; exit 3");
  expect(failed).toMatchObject({ code: 1, receipt: { status: "failure" } });
  expect(failed.receipt.error).toContain("exited with 3");
  expect(failed.receipt.artifacts).toBeUndefined();
  expect(failed.log).toContain("why");
  expect(plan(workspace, "kill -9 $$").receipt.error).toContain("exited with 137 (killed by signal 9)");
  const missing = launch("flight-plan", {
    program: "engines-exec",
    scratch,
    workspace,
    config: { command: ["no-such-program"] },
  });
  expect(missing).toMatchObject({ code: 2, receipt: { status: "failure" } });
  expect(missing.receipt.error).toContain("`no-such-program` was not found on PATH");
});

test.each([
  [{ command: [] }, "command"],
  [{ command: "ls" }, "command"],
  [{ command: ["ls"], misspelt: true }, "misspelt"],
  [{ command: ["ls"], sandbox: "maybe" }, "sandbox"],
])("a configuration that cannot be used is refused: %j", (config, key) => {
  const planned = launch("flight-plan", { program: "engines-exec", scratch, workspace: workspaceWith({}), config });
  expect(planned.code).toBe(2);
  expect(planned.receipt.error).toContain(`\`${key}\``);
});

test("the command's environment holds what was granted, the mark of its launch and nothing else", () => {
  const planned = plan(
    workspaceWith({}),
    'env | cut -d= -f1 | sort > names; printf \'%s %s\' "$GIVEN" "$KEY" > values',
    {
      permissions: { env: ["GIVEN"] },
      secrets: { KEY: "hidden" },
      env: { GIVEN: "yes", OTHER: "no", CABINCREW_RUN: "mark" },
    },
  );
  const [names, values] = changesIn(planned.artifacts);
  const shell = ["OLDPWD", "PWD", "SHLVL", "_"];
  expect(
    names?.body
      ?.trim()
      .split("\n")
      .filter((name) => !shell.includes(name)),
  ).toEqual(["CABINCREW_RUN", "GIVEN", "HOME", "KEY", "LANG", "PATH", "TERM", "TMPDIR"]);
  expect(values?.body).toBe("yes hidden");
});

test.runIf(hasBubblewrap)(
  "in the sandbox the command sees no state directory and writes nothing outside the workspace",
  () => {
    const workspace = workspaceWith({});
    const outside = path.join(scratch, `outside-${count}`);
    const planned = plan(
      workspace,
      `echo x > ${outside}; ls -A "$(dirname "$CABINCREW_TEST")" > seen; echo ok > "$TMPDIR/t"; echo ok > "$HOME/h"`,
      { permissions: { env: ["CABINCREW_TEST"] }, env: { CABINCREW_TEST: path.join(scratch, "x", "y") } },
    );
    expect(planned.log).not.toContain("TMPDIR");
    expect(existsSync(outside)).toBe(false);
  },
);

test("git's own refresh of its index is no change; staging is", () => {
  const workspace = workspaceWith({ a: "one\n", "sub/b": "two\n" });
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], { cwd: workspace });
  git("init", "-q", ".");
  git("add", "-A");
  git("commit", "-q", "-m", "start");
  for (const version of ["2", "4"]) {
    git("update-index", "--index-version", version);
    expect(summary(plan(workspace, "touch -d 2001-01-01 a; git status > /dev/null").artifacts)).toEqual([]);
    expect(summary(plan(workspace, "git grep -l one | xargs sed -i s/one/three/; git diff --stat").artifacts)).toEqual([
      "update a",
    ]);
    expect(summary(plan(workspace, "git mv a c").artifacts)).toEqual(["update .git/index", "rename c"]);
  }
});

test("what .cabincrewignore names is left out, and what .gitignore names when that is asked for, unless git tracks it", () => {
  const workspace = workspaceWith({
    ".cabincrewignore": "cache/\n",
    ".gitignore": "*.log\nbuild/\n",
    "sub/.gitignore": "!keep.log\n",
    "build/tracked": "1",
    "cache/old": "x",
  });
  execFileSync("git", ["init", "-q", "."], { cwd: workspace });
  execFileSync("git", ["add", "-f", "build/tracked"], { cwd: workspace });
  const script =
    "rm -r cache; mkdir cache; for f in cache/n build/out build/tracked a.log sub/b.log sub/keep.log kept; do echo 2 > $f; done";
  expect(summary(plan(workspace, script).artifacts)).toEqual([
    "create a.log",
    "create build/out",
    "update build/tracked",
    "create kept",
    "create sub/b.log",
    "create sub/keep.log",
  ]);
  const without = plan(workspace, script, { config: { exclude_ignored: true } });
  expect(summary(without.artifacts)).toEqual(["update build/tracked", "create kept", "create sub/keep.log"]);
});

test("a link in the workspace is changed as a link, never what it points to", () => {
  const workspace = workspaceWith({ target: "t" });
  symlinkSync("target", path.join(workspace, "l"));
  const planned = plan(workspace, "ln -sfn elsewhere l");
  expect(changesIn(planned.artifacts)[0]).toMatchObject({
    action: "update",
    target: "l",
    metadata: { entry: "symlink", link_target: "elsewhere", old_link_target: "target" },
  });
});

test("a large file travels in little memory", () => {
  // What Node 24 reserves for code it might compile counts, though it is never written.
  const reservedMiB = Number(process.versions.v8.split(".")[0]) >= 13 ? 512 : 0;
  const planned = plan(workspaceWith({}), "truncate -s 300000000 big", {
    memoryKiB: (200 + reservedMiB) * 1024,
    nodeOptions: ["--max-old-space-size=64"],
  });
  expect(planned.receipt.error ?? planned.code).toBe(0);
  expect(changesIn(planned.artifacts)[0]?.metadata["size"]).toBe(300_000_000);
});
