// What is on disk after a case, to be compared with an undisturbed run's, and what should not be there any more.
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";

/** Every entry of a tree as a line: path, mode, content or link target; in byte order. */
export function treeOf(root) {
  return walk(root, "").sort();
}

function walk(root, below) {
  return readdirSync(path.join(root, below)).flatMap((name) => {
    const entry = path.join(below, name);
    const file = path.join(root, entry);
    const status = lstatSync(file);
    const mode = (status.mode & 0o7777).toString(8);
    if (status.isSymbolicLink()) return [`${entry} -> ${readlinkSync(file)}`];
    if (status.isDirectory()) return [`${entry}/ ${mode}`, ...walk(root, entry)];
    return [`${entry} ${mode} ${readFileSync(file, "base64")}`];
  });
}

/** The first difference of two trees as a sentence; undefined when there is none. */
export function differenceOf(found, expected) {
  const [surplus] = found.filter((line) => !expected.includes(line));
  const [missing] = expected.filter((line) => !found.includes(line));
  if (surplus === undefined && missing === undefined) return undefined;
  return `the workspace holds ${short(surplus)} and lacks ${short(missing)}`;
}

const short = (line) => (line === undefined ? "nothing else" : JSON.stringify(line.slice(0, 80)));

/**
 * Files that only a command at work may need: none of them is there once every run has ended. Named pipes of a process that died
 * are removed by the next process that launches something; where none was started (`inProcess`), that cannot have been.
 */
export function leftovers({ workspace, state, temp, inProcess }) {
  const all = (root) => {
    try {
      return readdirSync(root, { recursive: true }).map(String);
    } catch {
      return [];
    }
  };
  return [
    ...all(temp)
      .filter((name) => !isPipe(name, inProcess))
      .map((name) => `tmp/${name}`),
    ...all(workspace).filter((name) => /\.cabincrew-tmp|\.new$|-journal$|-wal$/.test(name)),
    ...all(path.join(state, "runs")).map((name) => `state/runs/${name}`),
    ...all(path.join(state, "store", "tmp")).map((name) => `state/store/tmp/${name}`),
    ...all(path.join(state, "keys"))
      .filter((name) => !/^ledger(\.pub)?\.pem$/.test(name))
      .map((name) => `state/keys/${name}`),
    ...all(path.join(state, "cache"))
      .filter((name) => /tmp|new/.test(name))
      .map((name) => `state/cache/${name}`),
  ];
}

function isPipe(name, inProcess) {
  const [above, pid] = name.split("/");
  return /^cabincrew-pipes-\d+$/.test(above) && (inProcess || pid === undefined || Number(pid) === process.pid);
}

/** Processes that were started on this place and still live, as their command lines. */
export function livingIn({ root }) {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const about = (name) => readFileSync(`/proc/${pid}/${name}`, "latin1");
        if (/^\d+ \(.*\) [ZX]/s.test(about("stat")) || !`${about("environ")}${about("cmdline")}`.includes(root))
          return [];
        const argv = about("cmdline").split("\0");
        // The campaign's own tracer ends a moment after the last process it traced, which is listed where it lives.
        return path.basename(argv[0]) === "tracer" ? [] : [`${pid} ${argv.join(" ").slice(0, 80)}`];
      } catch {
        return [];
      }
    });
}
