// Deceives people who approve and the program that takes off: hostile texts wherever they are shown, things swapped after they were
// verified, receipts that lie.
//   npm run campaign:deceit                 everything, with the sandbox and without, as this user and as nobody
//   npm run campaign:deceit -- --slice      a few of each
//   npm run campaign:deceit -- --sandbox off --only shown    one mode, one family (shown, lies), as this user alone
// Needs Linux, Python 3, git. What is not covered is in test/campaigns/README.md.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Report } from "../report.mjs";
import { Place } from "./place.mjs";
import { applied, distinct, formats, hostilePlan, progress, views } from "./shown.mjs";
import { honest, receipts, replaced, sameToken, swapped } from "./swaps.mjs";

const { values: options } = parseArgs({
  options: { slice: { type: "boolean", default: false }, sandbox: { type: "string" }, only: { type: "string" } },
});
const { slice } = options;
const restricted = options.sandbox !== undefined || options.only !== undefined;
const user = process.getuid?.() === 0 ? "root" : "an ordinary user";
const report = new Report(
  `What approvers see is what is applied, and what was verified is what takes off (as ${user})`,
);
for (const sandbox of slice ? ["off"] : options.sandbox ? [options.sandbox] : ["auto", "off"]) {
  const place = new Place(sandbox);
  try {
    await attack(place);
    report.add("processes left behind", leftIn(place.root));
  } finally {
    place.remove();
  }
}
report.finish();
if (!slice && !restricted && user === "root") asNobody();

async function attack(place) {
  if (options.only !== "lies") shown(place);
  if (options.only !== "shown") lies(place);
  // What follows damages the store, as verify rightly says then.
  const { code, out } = place.run(["verify", "--json"]);
  report.add("the ledger afterwards", code === 0 ? undefined : out.slice(0, 500));
  if (!slice && options.only !== "shown") await swapped(place, report, 5);
}

function lies(place) {
  honest(place, report);
  receipts(place, report, slice ? 1 : undefined);
  replaced(place, report, slice ? 1 : undefined);
  if (!slice) sameToken(place, report);
}

function shown(place) {
  const { document, err } = place.begin("run", place.workspace(), { script: hostilePlan() });
  if (document?.state !== "AWAITING_APPROVAL") throw new Error(`the hostile plan does not wait: ${err}`);
  views(place, document.run_id, report, slice ? 1 : undefined);
  distinct(place, report, slice ? ['b"\\xff"', 'b"\\\\xff"'] : undefined);
  if (slice) return;
  progress(place, report);
  formats(place, document.run_id, report);
  applied(place, hostilePlan(), report, "git applies the diff shown to the same tree");
}

/** Processes whose command line or directory is below `root`. */
function leftIn(root) {
  const left = readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(root);
    } catch {
      return false;
    }
  });
  return left.length === 0 ? undefined : `processes ${left}`;
}

/** The same once more without root's rights, where such a user can read the program. */
function asNobody() {
  const argv = ["--reuid=65534", "--regid=65534", "--clear-groups", process.execPath, import.meta.filename];
  const done = spawnSync("setpriv", argv, { stdio: "inherit", env: { PATH: process.env.PATH, HOME: "/" } });
  if (done.status !== 0) process.exitCode = 1;
}
