/** Whether a waiver speaks of a finding. Every key of its scope must match; a glob that would match anything is refused. */
import { type Finding, nameOfRule, type WaiverScope } from "../../schema/index.ts";
import type { Waiver, WaivingContext } from "./waiver.ts";

/** Names that no file has: a glob that matches one of them matches all. */
const PROBES = ["\u{10fffd}", "\u{10fffd}/\u{10fffd}.\u{10fffd}", ".\u{10fffd}/\u{10fffd}"];
const GLOB = { dot: true, strictBrackets: true, nonegate: true, noextglob: true, windows: false } as const;

export type Matcher = (policyId: string, finding: Finding) => boolean;

/** Why a scope cannot be used, or undefined. */
export async function scopeProblem({ paths, workspaces }: WaiverScope): Promise<string | undefined> {
  if (!paths && !workspaces) return "names neither `paths` nor `workspaces`, so it would hold nearly everywhere";
  for (const glob of paths ?? []) {
    try {
      const matches = await compile(glob);
      if (!hasLiteral(glob) || PROBES.some((probe) => matches(probe)))
        return `has the glob \`${glob}\`, which matches any path`;
    } catch (error) {
      return `has the glob \`${glob}\`, which cannot be read: ${(error as Error).message}`;
    }
  }
  return undefined;
}

/** Decides by the finding's own name and file; a finding without a rule id is matched by nothing. */
export async function matcherOf({ rule, scope }: Waiver, context: WaivingPlace): Promise<Matcher> {
  const { paths, workspaces, workflows, engines } = scope;
  const here =
    (workspaces?.includes(context.workspace) ?? true) &&
    (workflows?.includes(context.workflow) ?? true) &&
    (engines?.includes(context.engine) ?? true);
  if (!here) return () => false;
  const globs = paths && (await Promise.all(paths.map(compile)));
  return (policyId, finding) => {
    if (finding.rule === undefined || nameOfRule(policyId, finding.rule) !== rule) return false;
    if (!globs) return true;
    const { artifact } = finding;
    const path = finding.file ?? (artifact === undefined ? undefined : context.pathOf(artifact));
    return path !== undefined && globs.some((matches) => matches(path));
  };
}

type WaivingPlace = Omit<WaivingContext, "time">;

async function compile(glob: string): Promise<(path: string) => boolean> {
  const { default: picomatch } = await import("picomatch");
  return picomatch(glob, GLOB);
}

/** A letter or digit outside of brackets: `**` and `*.*` have none. */
function hasLiteral(glob: string): boolean {
  return /[\p{L}\p{N}]/u.test(glob.replace(/\[[^\]]*\]/g, ""));
}
