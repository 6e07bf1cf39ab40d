// Canary values go in through every door; afterwards they are looked for everywhere, in every form.
//   npm run campaign:secrets          every canary, door and form
//   npm run campaign:secrets -- 10    ten cases, spread evenly
import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Report } from "../report.mjs";
import { spread } from "../tamper/verdict.mjs";
import { formsOf } from "./forms.mjs";

const PROGRAM = path.join(import.meta.dirname, "..", "..", "..", "bin", "cabincrew.cjs");
const most = Number(process.argv[2] ?? Number.POSITIVE_INFINITY);
const report = new Report("Canary values are found nowhere afterwards");
const root = fs.mkdtempSync(path.join(os.tmpdir(), "cabincrew-secrets-"));

const CANARIES = {
  long: "canary-Qk7vN2xR9mT4wZ8pL3sD6fH1",
  "with a regex's characters": "k.*9[b](c)$^+?{1}|\\e-Zq7",
  "with JSON's characters": 'q"7\\x\t9/Zk"w{}8vN2',
  "with a URL's characters": "p&ss=w rd%20+/?#Zk7vN2",
  "not ASCII": "geh\u00e9im-\u043a\u043b\u044e\u0447-\u79d8\u5bc6-Zk7",
  "many lines": "-----BEGIN X-----\nQ7vN2xR9mT4wZ8pL3sD6\nfH1kQ7vN2xR9mT4wZ8pL\n-----END X-----\n",
  "eight characters": "Zk7vN2xR",
  "six characters": "Zk7vN2",
  "with spaces around": "  Zk7vN2xR9mT4  ",
  "very long": "Zk7vN2xR9m".repeat(900),
};

/** A state directory, a workspace and a temporary directory of their own. */
function newPlace(name) {
  const place = { root: path.join(root, name) };
  for (const directory of ["workspace", "tmp", "home"]) {
    place[directory] = path.join(place.root, directory);
    fs.mkdirSync(place[directory], { recursive: true });
  }
  return { ...place, state: path.join(place.root, "state") };
}

function environment(place, secret) {
  return {
    PATH: process.env.PATH,
    HOME: place.home,
    TMPDIR: place.tmp,
    XDG_CONFIG_HOME: path.join(place.root, "config"),
    VAULT: secret,
  };
}

/** Runs the program with unlimited core files, and gives everything it printed. */
async function cabincrew(place, secret, ...argv) {
  const command = [process.execPath, PROGRAM, "--state-dir", place.state, ...argv];
  const child = spawn("sh", ["-c", 'ulimit -c unlimited; exec "$@"', "sh", ...command], {
    cwd: place.workspace,
    env: environment(place, secret),
  });
  const [out, err, code] = await Promise.all([
    bytes(child.stdout),
    bytes(child.stderr),
    new Promise((resolve) => child.once("close", resolve)),
  ]);
  return { code, out, err };
}

async function bytes(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Where a value is found in `content`, in which form; forms of fewer than six characters would be found by chance. */
function found(content, secret) {
  const lines = secret.split("\n").filter((line) => line.length >= 16 && !line.startsWith("-"));
  const needles = [...Object.entries(formsOf(secret)), ...lines.map((line) => ["line", line])];
  return needles.find(([, text]) => text.length >= 6 && content.includes(text))?.[0];
}

function* filesBelow(directory) {
  if (!fs.existsSync(directory)) return;
  for (const entry of fs.readdirSync(directory, { recursive: true, withFileTypes: true }))
    yield { file: path.join(entry.parentPath, entry.name), plain: entry.isFile() };
}

/** Every trace of the secret: in files below the place, in their names, in everything that commands print about the run. */
async function traces(place, secret, printed) {
  const where = [];
  const look = (what, content) => {
    const form = found(content, secret);
    if (form) where.push(`${what} (${form})`);
  };
  for (const [what, content] of Object.entries(printed)) look(what, content);
  for (const { file, plain } of filesBelow(place.root)) {
    look(`name of ${path.relative(place.root, file)}`, Buffer.from(path.basename(file)));
    if (plain) look(path.relative(place.root, file), fs.readFileSync(file));
  }
  return where;
}

const ABOUT = [
  ["list", "--json"],
  ["show"],
  ["show", "--json"],
  ["logs"],
  ["diff"],
  ["audit"],
  ["audit", "--format", "cabincrew"],
  ["audit", "--format", "cloudevents"],
  ["export"],
  ["verify", "--json"],
];
const FORMATS = ["junit", "sarif", "github", "markdown"];

async function printedAbout(place, run) {
  const printed = {};
  for (const [verb, ...flags] of ABOUT) {
    const named = verb === "list" || run === undefined ? [] : [run];
    const { out, err } = await cabincrew(place, "", verb, ...named, ...flags);
    printed[`${verb} ${flags.join(" ")}`] = Buffer.concat([out, err]);
  }
  return printed;
}

const ENGINE = path.join(root, "engines", "leaking.mjs");
const config = (values) => Object.entries(values).flatMap(([key, value]) => ["--config", `${key}=${value}`]);

/** What an engine does with its secret: each place with each form and each canary that it makes a difference for. */
function engineCases() {
  const masked = ["stderr", "split", "unended", "receipt", "failure", "exit without a receipt", "thrown error"];
  const stored = ["body", "name", "metadata", "target", "link"];
  const crashed = ["stdout before the receipt", "killed by SIGKILL", "killed by SIGSEGV"];
  const cases = [];
  for (const [canary, secret] of Object.entries(CANARIES)) {
    for (const place of [...masked, ...stored, ...crashed]) {
      for (const [form, text] of Object.entries(formsOf(secret))) {
        if (form !== "plain" && text === secret) continue;
        // A name cannot be longer, nor hold a slash or zero.
        if (["name", "target", "link"].includes(place) && text.length > 180) continue;
        cases.push({ kind: `engine: ${place}`, canary, secret, place, form });
      }
    }
  }
  return cases;
}

/** Hands `items` to as many workers as there are `places`; each item is worked on in one place at a time. */
async function inPlaces(places, items, work) {
  const queue = items[Symbol.iterator]();
  await Promise.all(
    places.map(async (place) => {
      for (let next = queue.next(); !next.done; next = queue.next()) await work(place, next.value);
    }),
  );
}

async function engineCase(number, { kind, canary, secret, place: door, form }) {
  const place = newPlace(`engine-${number}`);
  const format = ["--format", FORMATS[number % FORMATS.length]];
  const flags = [...(number % 2 === 0 ? ["--json"] : format), ...(number % 3 === 0 ? ["--sandbox", "off"] : [])];
  const argv = [
    "run",
    ".",
    "--engine",
    ENGINE,
    "--secret",
    "TOKEN=env:VAULT",
    ...config({ place: door, form }),
    ...flags,
  ];
  const { code, out, err } = await cabincrew(place, secret, ...argv);
  const printed = {
    "run: stdout": out,
    "run: stderr": err,
    ...(number % 5 === 0 ? await printedAbout(place, runIn(place)) : {}),
  };
  const where = await traces(place, secret, printed);
  const name = `${canary}, ${form}`;
  const strange = code > 9 ? `${name}: exit ${code}` : undefined;
  report.add(kind, where.length > 0 ? `${name}: exit ${code}: ${where.slice(0, 4).join("; ")}` : strange);
  fs.rmSync(place.root, { recursive: true, force: true });
}

function runIn(place) {
  const { stdout } = spawnSync(process.execPath, [PROGRAM, "--state-dir", place.state, "list", "--json"], {
    encoding: "utf8",
    env: environment(place, ""),
  });
  try {
    return JSON.parse(stdout).runs[0]?.run_id;
  } catch {
    return undefined;
  }
}

const sh = (script) => ["--", "sh", "-c", script];

/** Doors other than an engine of one's own: the bundled engine's commands, and the request itself. */
function otherCases() {
  const cases = [];
  for (const [canary, secret] of Object.entries(CANARIES)) {
    const commands = {
      "command prints it": sh('printf "%s\\n" "$TOKEN"; printf "%s\\n" "$TOKEN" >&2'),
      "command prints its environment": sh("env; env | base64; env | od -An -tx1 >/dev/null"),
      "command traces itself": sh('set -x; curl_with="$TOKEN"; : "$TOKEN"; false'),
      "command writes it to a file": sh('printf "%s" "$TOKEN" > leaked.txt'),
      "command writes it in base64": sh('printf "%s" "$TOKEN" | base64 -w0 > leaked.txt'),
      "command writes it in hex": sh('printf "%s" "$TOKEN" | od -An -v -tx1 | tr -d " \\n" > leaked.txt'),
      "command writes it to its temporary directory": sh(
        'printf "%s" "$TOKEN" > "$TMPDIR/leaked"; printf "%s" "$TOKEN" > "$HOME/leaked"',
      ),
      "command crashes": sh('printf "%s" "$TOKEN" >&2; kill -SEGV $$'),
    };
    for (const [kind, tail] of Object.entries(commands))
      cases.push({ kind, canary, secret, argv: ["run", ".", "--secret", "TOKEN=env:VAULT", ...tail] });
    if (secret.length < 4000) {
      const asked = {
        "request: in the command": [
          "run",
          ".",
          "--secret",
          "TOKEN=env:VAULT",
          "--",
          "sh",
          "-c",
          `: '${secret.replaceAll("'", "")}'`,
        ],
        "request: in a config value": [
          "run",
          ".",
          "--engine",
          ENGINE,
          "--secret",
          "TOKEN=env:VAULT",
          "--config",
          `place=${secret}`,
        ],
        "request: in base64 in the command": [
          "run",
          ".",
          "--secret",
          "TOKEN=env:VAULT",
          "--",
          "sh",
          "-c",
          `: ${Buffer.from(secret).toString("base64")}`,
        ],
        "request: typed for its variable": ["run", ".", "--secret", `TOKEN=${secret}`, "--", "true"],
      };
      for (const [kind, argv] of Object.entries(asked)) cases.push({ kind, canary, secret, argv });
    }
    cases.push({
      kind: "variable granted by --env, not told by anybody",
      canary,
      secret,
      argv: ["run", ".", "--env", "VAULT", "--", "true"],
    });
    cases.push({
      kind: "variable that was not mapped",
      canary,
      secret,
      argv: ["run", ".", ...sh("env; env >&2; cat /proc/$PPID/environ > e 2>/dev/null; true")],
    });
  }
  return cases;
}

async function otherCase(number, { kind, canary, secret, argv }) {
  const place = newPlace(`other-${number}`);
  const at = argv.indexOf("--");
  const flags = number % 2 === 0 ? ["--json"] : ["--format", FORMATS[number % FORMATS.length]];
  const whole = at < 0 ? [...argv, ...flags] : [...argv.slice(0, at), ...flags, ...argv.slice(at)];
  const { code, out, err } = await cabincrew(place, secret, ...whole);
  const printed = {
    "run: stdout": out,
    "run: stderr": err,
    ...(number % 5 === 0 ? await printedAbout(place, runIn(place)) : {}),
  };
  const where = await traces(place, secret, printed);
  report.add(kind, where.length > 0 ? `${canary}: exit ${code}: ${where.slice(0, 4).join("; ")}` : undefined);
  fs.rmSync(place.root, { recursive: true, force: true });
}

/** While an engine holds: nobody's arguments and no other process's environment have the secret; and after the program is killed. */
async function whileRunning() {
  const secret = CANARIES.long;
  for (const signal of ["SIGKILL", "SIGSEGV", "SIGTERM"]) {
    const place = newPlace(`holding-${signal}`);
    const argv = [
      "--state-dir",
      place.state,
      "run",
      ".",
      "--engine",
      ENGINE,
      "--secret",
      "TOKEN=env:VAULT",
      ...config({ place: "holding" }),
    ];
    const child = spawn(process.execPath, [PROGRAM, ...argv], {
      cwd: place.workspace,
      env: environment(place, secret),
    });
    let seen = "";
    await new Promise((resolve) => {
      child.stderr.on("data", (chunk) => {
        seen += chunk;
        if (seen.includes("holding")) resolve();
      });
      child.once("close", resolve);
    });
    const [inArguments, inEnvironments] = ["cmdline", "environ"].map((part) =>
      fs
        .readdirSync("/proc")
        .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== child.pid && Number(pid) !== process.pid)
        .filter((pid) => {
          try {
            return found(fs.readFileSync(`/proc/${pid}/${part}`), secret) !== undefined;
          } catch {
            return false;
          }
        })
        .map((pid) => `${pid} ${fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").slice(0, 80)}`),
    );
    report.add("arguments of all processes", inArguments.length > 0 ? inArguments.join("; ") : undefined);
    // The engine is told on its standard input; a judge or a helper has no use for it.
    report.add("environments of other processes", inEnvironments.length > 0 ? inEnvironments.join("; ") : undefined);
    child.kill(signal);
    await new Promise((resolve) =>
      (child.exitCode ?? child.signalCode) !== null ? resolve() : child.once("close", resolve),
    );
    const cut = await traces(place, secret, { "run: stderr": Buffer.from(seen) });
    report.add("program ended in the middle", cut.length > 0 ? `${signal}: ${cut.join("; ")}` : undefined);
    await cabincrew(place, secret, "cancel", runIn(place) ?? "none");
    const where = await traces(place, secret, {});
    report.add(
      "program ended in the middle, then cancelled",
      where.length > 0 ? `${signal}: ${where.join("; ")}` : undefined,
    );
  }
}

fs.mkdirSync(path.dirname(ENGINE));
for (const name of ["leaking.mjs", "forms.mjs"])
  fs.copyFileSync(path.join(import.meta.dirname, name), path.join(path.dirname(ENGINE), name));
fs.chmodSync(ENGINE, 0o755);
let number = 0;
const next = () => {
  number += 1;
  return number;
};
try {
  await inPlaces([1, 2, 3], spread(engineCases(), most), (_, each) => engineCase(next(), each));
  await inPlaces([1, 2, 3], spread(otherCases(), most), (_, each) => otherCase(next(), each));
  await whileRunning();
} finally {
  fs.rmSync(root, { recursive: true, force: true });
}
report.finish();
