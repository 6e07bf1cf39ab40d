/**
 * The sandbox as bubblewrap's arguments (DESIGN section 7). Guarantees: the system is read-only; only binds marked `rw`,
 * the private home and the private temporary directory can be written; what is hidden is hidden under every path.
 * All mounts are planned first and ordered by depth, so that nothing ever covers what was mounted inside it.
 */
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { looked } from "../../schema/index.ts";
import { maskedDirectories, maskedFiles, toolDirectories } from "./masks.ts";
import { namespaceArguments } from "./namespaces.ts";
import { contains, depth, existing, realPath } from "./paths.ts";
import { searchPath } from "./search-path.ts";
import type { SandboxBind, SandboxView } from "./view.ts";

interface Mount {
  readonly at: string;
  readonly how: readonly string[];
}

/** Arguments up to, not including, the `--` before the program. Put the path of bubblewrap in front. */
export function bubblewrapArguments(view: SandboxView): string[] {
  const hide = existing(view.hide);
  const binds = boundDirectories(view, hide);
  const mounts = [...systemMounts(view, binds), ...hiddenMounts(hide, binds), ...binds.map(bindMount)];
  const ordered = mounts
    .map((mount, index) => ({ mount, index }))
    .sort((a, b) => depth(a.mount.at) - depth(b.mount.at) || a.index - b.index);
  return [
    ...namespaceArguments(view.network),
    ...ordered.flatMap(({ mount }) => [...mount.how, mount.at]),
    "--chdir",
    realPath(view.chdir),
  ];
}

/** The view's binds with real paths. One whose source is itself hidden is left out; one from inside it was meant. */
function boundDirectories(view: SandboxView, hide: readonly string[]): SandboxBind[] {
  const own = [view.home, view.temp].map((at): SandboxBind => ({ from: at, to: at, mode: "rw" }));
  return [...view.binds, ...own]
    .map((bind) => ({ from: realPath(bind.from), to: realPath(bind.to), mode: bind.mode }))
    .filter((bind) => !hide.includes(bind.from));
}

function systemMounts(view: SandboxView, binds: readonly SandboxBind[]): Mount[] {
  // An explicit bind outranks the general masks inside it, but a bind of the whole root must not undo them all.
  const granted = (at: string): boolean => binds.some((bind) => bind.to !== "/" && contains(bind.to, at));
  const directories = maskedDirectories();
  const masks = directories.filter((at) => !granted(at));
  const tools = toolDirectories(view.path ?? searchPath(), directories).filter((at) => !granted(at));
  const files = maskedFiles(tools).filter((at) => !granted(at));
  return [
    { at: "/", how: ["--ro-bind", "/"] },
    { at: "/dev", how: ["--dev"] },
    { at: "/proc", how: ["--proc"] },
    ...masks.map((at): Mount => ({ at, how: ["--tmpfs"] })),
    ...tools.map((at) => bindMount({ from: at, to: at, mode: "ro" })),
    ...files.map((at): Mount => ({ at, how: ["--ro-bind", "/dev/null"] })),
    ...(view.network ? resolverMounts(directories) : []),
  ];
}

/** Name resolution needs the file that /etc/resolv.conf links to, which often lies in the hidden /run. */
function resolverMounts(masked: readonly string[]): Mount[] {
  return existing(["/etc/resolv.conf"])
    .filter((file) => masked.some((mask) => contains(mask, file)))
    .map((file) => bindMount({ from: file, to: file, mode: "ro" }));
}

/** Covers each hidden path where it stands and wherever a bind would show it under another name. */
function hiddenMounts(hide: readonly string[], binds: readonly SandboxBind[]): Mount[] {
  const places = hide.flatMap((hidden) => {
    const covering = binds.filter((bind) => contains(bind.to, hidden)).sort((a, b) => depth(b.to) - depth(a.to))[0];
    const source = covering ? path.join(covering.from, path.relative(covering.to, hidden)) : hidden;
    const aliases = binds
      .filter((bind) => contains(bind.from, hidden))
      .map((bind) => path.join(bind.to, path.relative(bind.from, hidden)));
    return [...(existsSync(source) ? [hidden] : []), ...aliases].map((at) => ({ at, hidden }));
  });
  const seen = new Map(places.map(({ at, hidden }) => [at, hidden]));
  return [...seen].map(([at, hidden]) => ({
    at,
    how: looked(statSync(hidden)).isDirectory() ? ["--tmpfs"] : ["--ro-bind", "/dev/null"],
  }));
}

function bindMount(bind: SandboxBind): Mount {
  return { at: bind.to, how: [bind.mode === "rw" ? "--bind" : "--ro-bind", bind.from] };
}
