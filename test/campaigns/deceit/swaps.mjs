// What changes between verification and take-off, and receipts that say what is not so.
import { spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";

const PLANNED = "planned\n";

function resultOf(workspace) {
  const file = path.join(workspace, "new.txt");
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

const PLAN_LIES = [
  "another hash",
  "another engine",
  "another mode",
  "another protocol",
  "an artifact that is not there",
  "an artifact it does not list",
  "an artifact twice",
  "a path that leads out",
  "success, exit 1",
  "failure, exit 0",
  "success, then killed",
  "two receipts",
  "no receipt",
];
const TAKE_OFF_LIES = PLAN_LIES.filter((lie) => !/hash|list|twice|leads/.test(lie));

/** Without a lie the engine plans and takes off: otherwise nothing else here would show anything. */
export function honest(place, report) {
  const workspace = place.workspace();
  const { code, document } = place.begin("run", workspace, { config: { lie: "none" } });
  const held = code === 0 && resultOf(workspace) === PLANNED;
  report.add("an honest receipt", held ? undefined : `exit ${code} ${document?.reason}: ${document?.message}`);
}

/** Receipts of the flight-plan and of take-off; a lie never ends in success, one of the flight-plan never has an effect. */
export function receipts(place, report, most = Number.POSITIVE_INFINITY) {
  for (const [when, lies] of [
    ["flight-plan", PLAN_LIES],
    ["take-off", TAKE_OFF_LIES],
  ])
    for (const lie of lies.slice(0, most)) {
      const workspace = place.workspace();
      const reason = "\u001b[2J\u202eall is well\n::error::x";
      const { code, document, err } = place.begin("run", workspace, { config: { when, lie, reason } });
      const effect = when === "flight-plan" && resultOf(workspace) !== undefined;
      const held = [1, 5, 9].includes(code) && !effect && document?.reason !== "internal" && !/\n\s+at /.test(err);
      report.add(
        `a lying receipt of ${when}`,
        held ? undefined : `${lie}: exit ${code} ${document?.reason} effect ${effect}`,
      );
    }
}

/** The engine's executable after the plan: rewritten, with its old time, through a link, and a file it consists of. */
const REPLACED = {
  rewritten: (engine) => appendFileSync(engine, "// other\n"),
  "of the same size and time": (engine) => {
    const { atime, mtime } = statSync(engine);
    writeFileSync(engine, readFileSync(engine, "utf8").replace("planned", "PLANNED"));
    utimesSync(engine, atime, mtime);
  },
  "renamed and linked": (engine) => {
    renameSync(engine, `${engine}.true`);
    writeFileSync(`${engine}.other`, "#!/bin/sh\nexit 0\n", { mode: 0o755 });
    symlinkSync(`${engine}.other`, engine);
  },
};

const GROUND = {
  "a file changed": (workspace) => appendFileSync(path.join(workspace, "a.txt"), "more\n"),
  "a file of the same size and time": (workspace) => {
    const file = path.join(workspace, "a.txt");
    const { atime, mtime } = statSync(file);
    writeFileSync(file, "eno\ntwo\n");
    utimesSync(file, atime, mtime);
  },
  "the target made": (workspace) => writeFileSync(path.join(workspace, "new.txt"), "theirs\n"),
  "the target a link out": (workspace) =>
    symlinkSync(path.join(workspace, "..", "canary"), path.join(workspace, "new.txt")),
};

/** Engine or workspace changed between plan and take-off: exit 5, and the canary outside is as it was. */
export function replaced(place, report, most = Number.POSITIVE_INFINITY) {
  const canary = path.join(place.root, "canary");
  writeFileSync(canary, "untouched\n");
  const attack = (kind, act) => {
    const workspace = place.workspace();
    const { document } = place.begin("plan", workspace, { config: { text: "x" } });
    act(workspace);
    const { code } = place.run(["resume", document.run_id, "--json"]);
    place.restoreEngine();
    const untouched = readFileSync(canary, "utf8") === "untouched\n" && resultOf(workspace) !== `${PLANNED}x`;
    report.add(kind, code === 5 && untouched ? undefined : `exit ${code}, untouched ${untouched}: ${act}`);
  };
  for (const act of Object.values(REPLACED).slice(0, most))
    attack("the engine replaced after the plan", () => act(place.engine));
  for (const act of Object.values(GROUND).slice(0, most - 1)) attack("the workspace changed after the plan", act);
}

/** A process that looks for what holds the plan's bytes in the state directory and rewrites it, again and again. */
const SWAPPER = `import os,sys,time
root,end=sys.argv[1],time.time()+20
while time.time()<end:
  for d,_,files in os.walk(root):
    for f in files:
      p=os.path.join(d,f)
      try:
        if os.path.getsize(p)>64 or f.startswith("cabincrew"): continue
        b=open(p,"rb").read()
        if b.startswith(b"planned"):
          os.chmod(d,0o700)
          open(p+"~","wb").write(b.replace(b"planned",b"swapped")); os.replace(p+"~",p)
      except OSError: pass
`;

/** Sealed bytes swapped in a loop while the run takes off: what was planned, or nothing. */
export async function swapped(place, report, rounds) {
  const noticed = { exec: { before: 0, after: 0 }, engine: { before: 0, after: 0 } };
  for (let round = 0; round < rounds; round++) {
    for (const kind of ["exec", "engine"]) {
      const workspace = place.workspace();
      const text = `${kind}${round}`;
      const what =
        kind === "exec" ? { script: `open("new.txt","w").write("planned\\n${text}")` } : { config: { text } };
      const { document } = place.begin("plan", workspace, what);
      const swapper = spawn("python3", ["-c", SWAPPER, path.join(place.root, "state")], { stdio: "ignore" });
      const gone = new Promise((resolve) => swapper.once("exit", resolve));
      const { code } = place.run(["resume", document.run_id, "--json"]);
      swapper.kill("SIGKILL");
      await gone;
      const result = resultOf(workspace);
      const row = `sealed bytes swapped during take-off (${kind}, sandbox ${place.sandbox})`;
      // The engine of one's own reads its copy itself: whoever is the same user can swap that, and is then found out.
      const found = code === 5 && (kind === "engine" || result === undefined);
      const held = found || (result === `${PLANNED}${text}` ? true : result === undefined && code !== 0);
      if (found) noticed[kind][result === undefined ? "before" : "after"] += 1;
      report.add(row, held ? undefined : `exit ${code}: ${result}`);
      report.note(row, `noticed in ${Object.values(noticed[kind]).join(" before and ")} after it took effect`);
    }
  }
}

/** Two runs of one plan, so of one token: the approval of one is none of the other. */
export function sameToken(place, report) {
  const script = 'import os; open("run","w").write("x\\n"); os.chmod("run",0o755)';
  const workspace = place.workspace();
  const [one, other] = [1, 2].map(() => place.begin("run", workspace, { script }).document);
  place.run(["approve", one.plan_token, "--run", one.run_id, "--json", "--comment", "read"]);
  const { code } = place.run(["resume", other.run_id, "--json"]);
  const held = one.plan_token === other.plan_token && code === 3 && !existsSync(path.join(workspace, "run"));
  report.add("an approval of the other run with the same token", held ? undefined : `exit ${code}`);
  const ambiguous = place.run(["approve", one.plan_token, "--json", "--comment", "read"]);
  report.add(
    "a token that names two runs",
    ambiguous.code === 0 && ambiguous.document?.run_id === one.run_id ? "took one of two" : undefined,
  );
}
