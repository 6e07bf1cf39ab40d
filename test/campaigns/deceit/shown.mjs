// What an approver sees: nothing of it hides, moves the cursor, or commands a runner, and it is what take-off applies.
import { spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { treeOf } from "./place.mjs";

/** Everything that could hide, reorder, strike out or command. */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Me}\u2800]|[\u0334-\u0338]|\u20d2|(?! )\p{Zs}/u;
/** Colours and the live line of our own, which a terminal gets besides. */
// biome-ignore-start lint/suspicious/noControlCharactersInRegex: they are what is looked for
const OURS = /\x1b\[(?:[0-9;]*m|2K|\?7[hl])/g;
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: they are what is looked for

const TEXTS = [
  "\\x1b[2J\\x1b[H\\x1b]0;owned\\x07all is well",
  "safe\\u202efdp.exe\\u2066",
  "ze\\u200bro\\ufeff\\u00ad\\U000e0041width",
  "harmless\\rrm",
  "blank\\u2800\\u3164\\U0001d159\\u00a0",
  "-\\u20d2r\\u0336m",
  "\\n::error::owned\\n::add-mask::a",
  "##[error]x ##vso[task.setvariable variable=A]b ##teamcity[x",
  "<img src=x onerror=1>|[a](http://b) @team #1 `c` **d**",
  "]]>&<a/>'\\\"",
  "p\\u0430ypal \\u0337x",
];

/** Hostile names, bodies, links and log lines in one plan that has to be approved; `texts` of the list above. */
export function hostilePlan(texts = TEXTS) {
  const list = `[${texts.map((text) => `"${text}"`).join(",")}]`;
  return `import os,sys
for i,t in enumerate(${list}):
  n=(str(i)+t).replace("/","_")
  open(n,"w").write("#!/bin/sh\\n"+t+"\\n"); os.chmod(n,0o755)
  os.symlink("/nowhere"+t.replace("/","_"),"l"+n)
  sys.stderr.buffer.write((t+"\\n").encode())
open("a.txt","w").write("one\\n- \\u20d2two\\x1b[1A\\r\\n\\\\x1b\\n")
open(b"n\\xff","wb").write(b"x\\n")
`;
}

/** As `argv` is shown on a terminal of its own: standard output and error of a pseudo terminal. */
function onTerminal(place, argv) {
  const driver = "import pty,sys; sys.exit(pty.spawn(sys.argv[1:])>>8)";
  const done = spawnSync("python3", ["-c", driver, process.execPath, ...place.argv(...argv)], {
    cwd: place.root,
    env: place.environment({ TERM: "xterm-256color" }),
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    maxBuffer: 1 << 26,
    timeout: 60_000,
  });
  return done.stdout;
}

/** A sentence about what is wrong with `text` as it is shown; `terminal` may have our colours and carriage returns. */
function problemOf(text, terminal) {
  const plain = terminal
    ? text
        .replace(OURS, "")
        .replace(/\r+(?=\n)/g, "")
        .replace(/\r/g, "")
    : text;
  for (const line of plain.split("\n")) {
    const found = HIDDEN.exec(line.replaceAll("\t", ""));
    if (found) return `shows U+${found[0].codePointAt(0).toString(16)} in ${JSON.stringify(line.slice(0, 200))}`;
  }
  return text === "" ? "shows nothing" : undefined;
}

function commandIn(text, own = false) {
  const line = text.split("\n").find((each) => (!own && /^\s*::/.test(each)) || (!own && /##[a-z]*\[/i.test(each)));
  return line && `gives a runner ${JSON.stringify(line.slice(0, 200))}`;
}

const VIEWS = (run) => ({
  show: ["show", run],
  "show --json": ["show", run, "--json"],
  diff: ["diff", run],
  "diff --json": ["diff", run, "--json"],
  logs: ["logs", run],
  "logs --json": ["logs", run, "--json"],
  approvals: ["approvals"],
  "approvals --json": ["approvals", "--json"],
  list: ["list"],
  "audit --json": ["audit", run, "--json"],
  "policy explain": ["policy", "explain", run],
});

/** Every view of `run`, on a terminal and in the runner of an action; `only` restricts them to the first so many. */
export function views(place, run, report, only = Number.POSITIVE_INFINITY) {
  for (const [name, argv] of Object.entries(VIEWS(run)).slice(0, only)) {
    report.add(`shown on a terminal: ${name}`, problemOf(onTerminal(place, argv), true));
    const { out, err } = place.run(argv, { GITHUB_ACTIONS: "true" });
    report.add(`shown in a runner: ${name}`, problemOf(out, false) ?? commandIn(out + err));
  }
}

/** A whole run as it goes on, with the engine's log in the live line of a terminal and in a runner. */
export function progress(place, report) {
  // Slow enough that each line of the log is drawn.
  const script = `import time\n${hostilePlan().replace("  sys.stderr", "  time.sleep(0.15); sys.stderr").replace("encode())", "encode()); sys.stderr.flush()")}`;
  const of = () => ["plan", place.workspace(), "--sandbox", place.sandbox, "--", "python3", "-c", script];
  const terminal = onTerminal(place, of());
  const unseen = terminal.includes("-\\u20d2r") ? undefined : "the log was never drawn";
  report.add("a run going on, on a terminal", problemOf(terminal, true) ?? unseen);
  const { out, err } = place.run(of(), { GITHUB_ACTIONS: "true" });
  report.add("a run going on, in a runner", problemOf(out + err, false) ?? commandIn(out + err));
}

const XML = "import sys,xml.etree.ElementTree as e; e.fromstring(sys.stdin.buffer.read())";

/** The formats for machines that other people read: well-formed, and nothing of theirs is markup or a command. */
export function formats(place, run, report) {
  const of = (format) => place.run(["show", run, "--format", format], { GITHUB_ACTIONS: "true" }).out;
  const check = (format, found) => report.add(`format ${format}`, found);
  const github = of("github");
  const stray = github
    .split("\n")
    .find((line) => line !== "" && !/^::(?:error|warning|notice) [^:]*::[^\r]*$/.test(line));
  check("github", problemOf(github) ?? (stray && `has the line ${JSON.stringify(stray)}`));
  const markdown = of("markdown");
  const markup = /<(?!br>|!-- -->|\/?details>|\/?summary>)|\]\(|(?<!&)#(?=[0-9])|@|`/.exec(
    markdown.replace(/^### /m, ""),
  );
  check(
    "markdown",
    problemOf(markdown) ??
      commandIn(markdown) ??
      (markup ? `has ${markdown.slice(markup.index, markup.index + 60)}` : undefined),
  );
  const junit = of("junit");
  const parsed = spawnSync("python3", ["-c", XML], { input: junit, encoding: "utf8" });
  check("junit", problemOf(junit) ?? commandIn(junit) ?? (parsed.status === 0 ? undefined : parsed.stderr.slice(-200)));
  for (const format of ["sarif", "gitlab"]) {
    const text = of(format);
    let broken;
    try {
      JSON.parse(text);
    } catch (error) {
      broken = String(error);
    }
    check(format, problemOf(text) ?? commandIn(text) ?? broken);
  }
}

/** The diff that was shown, applied by git to the workspace as it was, gives what take-off wrote, byte for byte. */
export function applied(place, script, report, kind) {
  const workspace = place.workspace();
  const before = `${workspace}.before`;
  cpSync(workspace, before, { recursive: true });
  const { document } = place.begin("plan", workspace, { script });
  const diff = place.run(["diff", document.run_id, "--json"]).document.diff;
  place.run(["resume", document.run_id, "--json"]);
  place.run(["approve", document.plan_token, "--run", document.run_id, "--json", "--comment", "read"]);
  const done = place.run(["resume", document.run_id, "--json"]);
  const git = spawnSync("git", ["apply", "--whitespace=nowarn", "-"], {
    cwd: before,
    input: diff,
    encoding: "utf8",
    env: place.environment({ GIT_CEILING_DIRECTORIES: place.root }),
  });
  const same = treeOf(before) === treeOf(workspace);
  report.add(
    kind,
    git.status !== 0 ? `git: ${git.stderr}` : same ? undefined : `${done.code}: shown is not what was applied`,
  );
}

/** Contents that used to look, or might look, alike. */
const ALIKE = [
  'b"\\x1b[1m"',
  'b"\\\\x1b[1m"',
  'b"\\xff"',
  'b"\\\\xff"',
  'b"\\xef\\xbf\\xbd"',
  'b"\\xfe"',
  'b" "',
  'b"\\xc2\\xa0"',
  'b"\\\\xa0"',
  'b"\\xe2\\x80\\xae"',
  'b"\\\\u202e"',
  'b""',
];

/** No two different plans look alike. */
export function distinct(place, report, contents = ALIKE) {
  const seen = new Map();
  for (const content of contents) {
    const { document } = place.begin("plan", place.workspace(), {
      script: `open("n","wb").write(b"x"+${content}+b"y\\n")`,
    });
    const { out } = place.run(["diff", document.run_id]);
    const twin = seen.get(out);
    report.add("two plans do not look alike", twin && `${content} looks like ${twin}`);
    seen.set(out, content);
  }
}
