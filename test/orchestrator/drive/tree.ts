import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";

/** Every entry below a directory with type, mode and content: equal exactly when two trees are byte-identical. */
export function treeOf(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "latin1" })
    .sort()
    .map((name) => {
      const file = path.join(root, Buffer.from(name, "latin1").toString());
      const stat = lstatSync(file);
      const mode = stat.mode.toString(8);
      if (stat.isSymbolicLink()) return `${name} ${mode} -> ${readlinkSync(file)}`;
      return stat.isFile() ? `${name} ${mode} ${readFileSync(file, "latin1")}` : `${name} ${mode}`;
    });
}
