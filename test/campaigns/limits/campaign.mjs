// Sizes far beyond the ordinary: each works within the stated memory, or is refused with a limit before anything happened.
//   npm run campaign:limits -- [--scale 1] [--only NAME]       scale 1: 5 GiB, 100,000 artifacts, a million runs (half an hour)
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { Report } from "../report.mjs";
import { measured } from "./measured.mjs";

const root = path.resolve(import.meta.dirname, "..", "..", "..");
const { values } = parseArgs({
  options: { scale: { type: "string", default: "1" }, only: { type: "string" }, dir: { type: "string" } },
});
const scale = Number(values.scale);
const scaled = (full) => Math.max(1, Math.round(full * scale));
const report = new Report(`limits, at ${scale} of their full size`);
const scratch = mkdtempSync(path.join(values.dir ?? tmpdir(), "cabincrew-limits-"));

const CASES = { "one large artifact": large, "many artifacts": many, "one long line": longLine, "many runs": runs };
try {
  for (const [name, subject] of Object.entries(CASES)) {
    if (values.only !== undefined && !name.includes(values.only)) continue;
    const place = path.join(scratch, name.replaceAll(" ", "-"));
    mkdirSync(path.join(place, "workspace"), { recursive: true });
    await subject(name, place);
    rmSync(place, { recursive: true, force: true });
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
report.finish();

function cabincrew(place, ...argv) {
  const environment = {
    PATH: process.env.PATH,
    HOME: place,
    CABINCREW_STATE_DIR: path.join(place, "state"),
    XDG_CONFIG_HOME: path.join(place, "config"),
  };
  const command = [process.execPath, path.join(root, "bin", "cabincrew.cjs"), ...argv];
  return measured(command, { cwd: path.join(place, "workspace"), env: environment });
}

/** One check of a case; what it took stands beside it. */
function check(kind, { code, stdout, stderr, seconds, mebibytes }, { exit, most, also }) {
  const said = `${stdout.slice(-400)}${stderr.slice(-400)}`;
  const problem =
    code !== exit
      ? `exited with ${code}, not ${exit}: ${said}`
      : mebibytes > most
        ? `held ${mebibytes.toFixed(0)} MiB, more than ${most}`
        : also?.(stdout);
  report.add(kind, problem || undefined);
  report.note(kind, `${seconds.toFixed(1)} s, ${mebibytes.toFixed(0)} MiB (at most ${most})`);
}

async function large(name, place) {
  const bytes = scaled(5 * 1024 ** 3);
  const script = `head -c ${bytes} /dev/zero > big.bin`;
  const planned = await cabincrew(place, "run", ".", "--json", "--", "sh", "-c", script);
  check(`${name}: ${(bytes / 1024 ** 3).toFixed(2)} GiB planned and judged`, planned, { exit: 3, most: 300 });
  const token = JSON.parse(planned.stdout).plan_token;
  const taken = await cabincrew(place, "approve", token, "--resume", "--json");
  const whole = () => statSync(path.join(place, "workspace", "big.bin")).size === bytes || "the file is not whole";
  check(`${name}: approved and taken off`, taken, {
    exit: 0,
    most: 300,
    also: (out) => whole(out) !== true && whole(out),
  });
  check(`${name}: verified`, await cabincrew(place, "verify", "--json"), { exit: 0, most: 300 });
}

async function many(name, place) {
  const files = scaled(100_000);
  const script = `i=0; while [ $i -lt ${files} ]; do echo $i > f$i; i=$((i+1)); done`;
  const planned = await cabincrew(place, "run", ".", "--json", "--", "sh", "-c", script);
  const told = JSON.parse(planned.stdout);
  const kind = `${name}: ${files.toLocaleString("en")} files planned and judged`;
  const limits = (told.evaluations ?? []).filter(({ failure }) => failure === "memory_limit");
  if (planned.code === 7 || limits.length > 0) {
    check(`${kind}, or a limit named`, planned, { exit: planned.code === 7 ? 7 : 4, most: 2048 });
    const left = readdirSync(path.join(place, "workspace")).length;
    report.add(`${name}: refused before anything happened`, left === 0 ? undefined : `${left} files are there`);
    return;
  }
  // So many lines ask for an approval; a few do not.
  const asked = told.decision === "require_approval";
  check(kind, planned, { exit: asked ? 3 : 0, most: 2048 });
  if (asked) {
    const taken = await cabincrew(place, "approve", told.plan_token, "--resume", "--json");
    check(`${name}: approved and taken off`, taken, { exit: 0, most: 2048 });
  }
  const missing = files - readdirSync(path.join(place, "workspace")).length;
  report.add(`${name}: applied`, missing === 0 ? undefined : `${missing} files are missing`);
  check(`${name}: verified`, await cabincrew(place, "verify", "--json"), { exit: 0, most: 2048 });
}

async function longLine(name, place) {
  const characters = scaled(2 * 1024 ** 2);
  writeFileSync(path.join(place, "workspace", "a.json"), `{"a":"${"x".repeat(characters)}"}\n`);
  const script = `sed -i 's/x"/y"/' a.json`;
  const planned = await cabincrew(place, "run", ".", "--json", "--", "sh", "-c", script);
  const { run_id, plan_token, decision } = JSON.parse(planned.stdout);
  const exit = decision === "allow" || decision === "warn" ? 0 : 3;
  check(`${name}: ${characters.toLocaleString("en")} characters changed`, planned, { exit, most: 400 });
  for (const verb of [
    ["diff", run_id],
    ["show", run_id],
  ])
    check(`${name}: ${verb[0]}`, await cabincrew(place, ...verb), { exit: 0, most: 400 });
  if (exit === 3)
    check(`${name}: approved`, await cabincrew(place, "approve", plan_token, "--resume"), { exit: 0, most: 400 });
  const text = readFileSync(path.join(place, "workspace", "a.json"), "utf8");
  report.add(`${name}: applied`, text.endsWith('y"}\n') ? undefined : "the change is not there");
}

async function runs(name, place) {
  const bundle = path.join(root, "dist", `campaign-limits-${process.pid}.mjs`);
  await build({
    entryPoints: [path.join(import.meta.dirname, "ledger.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    outfile: bundle,
    logLevel: "warning",
  });
  try {
    const { fillLedger } = await import(pathToFileURL(bundle).href);
    const amounts = { waiting: scaled(100_000), cancelled: scaled(900_000) };
    const stateDir = path.join(place, "state");
    const { events, runId, token } = await fillLedger(stateDir, path.join(place, "workspace"), amounts);
    const size = Number(execFileSync("du", ["-sm", stateDir], { encoding: "utf8" }).split("\t")[0]);
    const total = amounts.waiting + amounts.cancelled;
    const kind = `${name}: ${total.toLocaleString("en")} runs, ${events.toLocaleString("en")} events (${size} MiB)`;
    report.add(kind, existsSync(path.join(stateDir, "cabincrew.db")) ? undefined : "there is no ledger");
    check(`${name}: list`, await cabincrew(place, "list", "--json"), { exit: 0, most: 150 });
    check(
      `${name}: approvals, of ${amounts.waiting.toLocaleString("en")}`,
      await cabincrew(place, "approvals", "--json"),
      {
        exit: 0,
        most: 150,
        also: (out) => (JSON.parse(out).approvals[0]?.run_id === runId ? undefined : "the newest is not shown first"),
      },
    );
    check(`${name}: reject`, await cabincrew(place, "reject", token, "--json"), { exit: 0, most: 150 });
    check(`${name}: verify`, await cabincrew(place, "verify", "--json"), {
      exit: 5,
      most: 800,
      also: onlyMissingContent,
    });
  } finally {
    rmSync(bundle, { force: true });
  }
}

/** The filled ledger names contents that nobody stored: they and nothing else may be found. */
function onlyMissingContent(out) {
  const odd = JSON.parse(out).findings.find(({ where }) => !where.startsWith("content "));
  return odd ? `found ${JSON.stringify(odd)}` : undefined;
}
