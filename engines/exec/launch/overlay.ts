/**
 * The private copy as an overlay in a mount namespace of its own (DESIGN section 7): the workspace is the lower layer and is
 * never written; what the command changes is in the upper layer. The namespace lives as long as its holder, a shell that
 * waits on its stdin, so that the merged tree can be read after the command has ended; it ends with this process, however that
 * ends, and bubblewrap with it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, lstatSync, mkdirSync, rmSync, type Stats, symlinkSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { endingWithParent } from "../../../schema/index.ts";
import { findProgram } from "../../sandbox/index.ts";
import { bytePath } from "../bytes.ts";
import type { CommandRequest, FinishedCommand } from "./request.ts";
import { sandboxedArgv } from "./sandboxed.ts";

/**
 * Paths go into mount options only by fixed relative names: the real ones may hold colons and commas. What the workspace's
 * directory itself looks like must be the upper layer's, which is what the merged tree shows.
 */
const HOLDER = `set -eu
base=$1 layers=$2 mode=$3 owner=$4 options=$5 workspace=$6
shift 6
if [ "$layers" = memory ]
then
  mount -t tmpfs -o mode=0700 cabincrew "$base"
  cd "$base"
  mkdir upper work merged
  ln -s "$workspace" lower
  chown "$owner" upper 2>/dev/null || :
  chmod "$mode" upper
fi
cd "$base"
mount -t overlay -o "$options" cabincrew merged
mount --bind merged "$workspace"
cd "$workspace"
exec 2>&4 4>&-
echo ready >&3
set +e
"$@" </dev/null 3>&-
echo "exit $?" >&3
read -r end
`;

/** Without bubblewrap: hides what must be hidden and, where that works, gives the command its own user id back. */
const PLAIN = `set -eu
uid=$1 gid=$2 home=$3 temp=$4 cwd=$5 hide=$6 exchange=$7
shift 7
[ -z "$exchange" ] || exec 9<"$exchange"
[ -z "$hide" ] || mount -t tmpfs -o mode=0755 cabincrew "$hide"
mkdir -p "$home" "$temp"
if [ -n "$exchange" ] && [ ! -d "$exchange" ]
then
  mkdir -p "$exchange"
  mount -c --bind /proc/self/fd/9 "$exchange"
fi
exec 9<&-
cd "$cwd"
if [ "$uid" != 0 ] && unshare -U --map-user="$uid" --map-group="$gid" true 2>/dev/null
then exec unshare -U --map-user="$uid" --map-group="$gid" "$@"
fi
exec "$@"
`;

const OPTIONS = "lowerdir=lower,upperdir=upper,workdir=work";

/** Where the upper layer is kept: beside the engine's other files, or in memory where that file system cannot hold it. */
export type Layers = "disk" | "memory";

/** This machine cannot make such an overlay. */
export interface NoOverlay {
  /** What the system said of it, one line. */
  readonly why: string;
}

/** Runs the command. What the making of the overlay says stays out of the command's log: where it fails, that is the reason given. */
export async function runInOverlay(request: CommandRequest, layers: Layers): Promise<FinishedCommand | NoOverlay> {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  const base = path.join(request.tempDir, `overlay-${layers}`);
  mkdirSync(base, { mode: 0o700 });
  const root = lstatSync(request.workspace);
  if (layers === "disk") makeLayers(base, request.workspace, root);
  const holder = spawn(
    "unshare",
    [
      ...(uid === 0 ? ["-m"] : ["-Urm"]),
      ...[
        ...untilThisEnds(),
        "sh",
        "-c",
        HOLDER,
        "holder",
        base,
        layers,
        (root.mode & 0o7777).toString(8),
        `${root.uid}:${root.gid}`,
      ],
      ...[
        uid === 0 ? `${OPTIONS},redirect_dir=nofollow,metacopy=off,index=off` : `${OPTIONS},userxattr`,
        request.workspace,
      ],
      ...commandArgv(request, uid, gid),
    ],
    { cwd: "/", env: { ...request.env }, stdio: ["pipe", request.stdout, "pipe", "pipe", 2] },
  );
  const complaint = complaintOf(holder);
  const said = conversation(holder);
  if ((await said.next()) !== "ready") {
    await close(holder, base);
    return { why: await complaint };
  }
  const last = await said.next();
  if (!last?.startsWith("exit ")) {
    await close(holder, base);
    throw new Error("the process that holds the private copy ended early");
  }
  const inside = `/proc/${holder.pid}/root`;
  return {
    way: "overlay",
    sandbox: request.bubblewrap ? "bubblewrap" : "none",
    exitCode: Number(last.slice("exit ".length)),
    trees: {
      before: bytePath(request.workspace),
      after: bytePath(`${inside}${base}/upper`),
      merged: bytePath(`${inside}${base}/merged`),
    },
    close: () => close(holder, base),
  };
}

/** While the command runs the holder does not read its stdin, so a killed engine must be told to it by the kernel. */
function untilThisEnds(): readonly string[] {
  return endingWithParent(findProgram("setpriv"));
}

/** What the holder does for itself where the layers are in memory: on disk it needs no program for each. */
function makeLayers(base: string, workspace: string, root: Stats): void {
  for (const name of ["upper", "work", "merged"]) mkdirSync(path.join(base, name));
  symlinkSync(workspace, path.join(base, "lower"));
  const upper = path.join(base, "upper");
  try {
    chownSync(upper, root.uid, root.gid);
  } catch {
    // An ordinary user cannot give it away; in its namespace every owner is its own.
  }
  chmodSync(upper, root.mode & 0o7777);
}

function commandArgv(request: CommandRequest, uid: number, gid: number): string[] {
  if (request.bubblewrap)
    return sandboxedArgv(request, request.bubblewrap, request.workspace, uid === 0 ? undefined : { uid, gid });
  const { home, temp } = request.places;
  const hide = request.grants.hide[0] ?? "";
  return [
    "unshare",
    "-m",
    "sh",
    "-c",
    PLAIN,
    "plain",
    String(uid),
    String(gid),
    home,
    temp,
    request.cwd,
    hide,
    request.exchange?.from ?? "",
    ...request.argv,
  ];
}

/** The holder's lines, one at a time; undefined once it has ended. */
function conversation(holder: ChildProcess): { next(): Promise<string | undefined> } {
  // Writing to a holder that is gone must not end this process; its silence says enough.
  holder.stdin?.on("error", () => undefined);
  const failed = once(holder, "error").then(() => undefined);
  const lines = createInterface({ input: holder.stdio[3] as Readable })[Symbol.asyncIterator]();
  return { next: () => Promise.race([failed, lines.next().then(({ value, done }) => (done ? undefined : value))]) };
}

/** The last line said before the overlay is there; where nothing could be started at all, why. */
async function complaintOf(holder: ChildProcess): Promise<string> {
  let unstarted = "";
  holder.once("error", ({ message }) => {
    unstarted = message;
  });
  const said = holder.stderr ? await text(holder.stderr).catch(() => "") : "";
  return said.trim().split("\n").at(-1) || unstarted || "its making ended without a word";
}

async function close(holder: ChildProcess, base: string): Promise<void> {
  const ended = holder.exitCode !== null || holder.signalCode !== null || holder.pid === undefined;
  holder.stdin?.end();
  if (!ended) await once(holder, "exit");
  try {
    rmSync(base, { recursive: true, force: true });
  } catch {
    // Directories without permissions stay; whoever owns the temporary directory removes it as a whole.
  }
}
