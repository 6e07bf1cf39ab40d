import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { makeScratch, removeTree } from "../../schema/index.ts";

const SCRIPT = `
set -e
cd "$1"
mount -t overlay overlay -o "lowerdir=lower,upperdir=upper,workdir=work$2" merged
rm merged/seen
test ! -e merged/seen
umount merged`;

/** Whether this machine lets this user mount an overlay: tried for real, in a namespace of its own, in a scratch directory. Throws config_invalid or disk_full without one. */
export async function tryOverlay(): Promise<boolean> {
  const { execa } = await import("execa");
  const scratch = makeScratch("cabincrew-doctor-");
  const root = process.getuid?.() === 0;
  try {
    for (const name of ["lower", "upper", "work", "merged"]) mkdirSync(path.join(scratch, name));
    writeFileSync(path.join(scratch, "lower", "seen"), "");
    const namespace = root ? "-m" : "-Urm";
    const options = root ? "" : ",userxattr";
    const { exitCode } = await execa("unshare", [namespace, "sh", "-c", SCRIPT, "sh", scratch, options], {
      reject: false,
      timeout: 5000,
    });
    return exitCode === 0;
  } finally {
    removeTree(scratch);
  }
}
