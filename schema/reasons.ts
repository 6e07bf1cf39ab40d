/**
 * The one registry of reason codes (spec/reasons.md). Every refusal and every failed run carries one of these; the exit
 * code of a command follows from it and from nothing else (DESIGN section 8). Codes are stable: never reuse or rename.
 */

/** Exit codes of the command line. Engine exit codes (0/1/2) are a different, private vocabulary. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  waiting: 3,
  denied: 4,
  integrity: 5,
  rejected: 6,
  limit: 7,
  busy: 8,
  unknown: 9,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

interface Reason {
  readonly exit: ExitCode;
  /** One line: what this code means. */
  readonly summary: string;
  /** What the user should do next, when the thrower has nothing more specific to say. */
  readonly next: string;
}

const reason = (exit: ExitCode, summary: string, next: string): Reason => ({
  exit,
  summary,
  next,
});

export const REASONS = {
  // usage and configuration: nothing was run
  usage: reason(EXIT.usage, "The command was not understood.", "See `cabincrew --help`."),
  workspace_invalid: reason(
    EXIT.usage,
    "The workspace is missing, unreadable or not a directory.",
    "Name an existing directory that you can read.",
  ),
  state_unusable: reason(
    EXIT.usage,
    "The state directory cannot be used.",
    "Name a writable directory with --state-dir, outside the workspace.",
  ),
  config_invalid: reason(
    EXIT.usage,
    "A configuration value or file does not match its schema.",
    "Correct the named key; unknown keys are refused on purpose.",
  ),
  governance_invalid: reason(
    EXIT.usage,
    "The governance directory does not load.",
    "Correct the named file in the governance directory.",
  ),
  authority_invalid: reason(
    EXIT.usage,
    "The authority file does not load, or a gate in it can never be satisfied.",
    "Correct the authority file: each gate needs enough people with its role.",
  ),
  engine_not_found: reason(EXIT.usage, "The engine does not exist.", "Check the name or path of the engine."),
  engine_not_executable: reason(
    EXIT.usage,
    "The engine cannot be executed on this machine.",
    "Set its execute bit, or use a build for this architecture.",
  ),
  engine_manifest_invalid: reason(
    EXIT.usage,
    "The engine's manifest does not match its schema.",
    "Correct the engine.json beside the engine.",
  ),
  command_not_found: reason(
    EXIT.usage,
    "The command to run does not exist, or is not executable.",
    "Check its spelling, or install it.",
  ),
  secret_missing: reason(
    EXIT.usage,
    "A mapped secret or variable has no value here.",
    "Set the named environment variable, then run again.",
  ),
  sandbox_unavailable: reason(
    EXIT.usage,
    "A sandbox is required but this machine cannot make one.",
    "Install bubblewrap, or drop --sandbox required. `cabincrew doctor` says more.",
  ),
  not_found: reason(EXIT.usage, "Nothing has this id, token or prefix.", "See `cabincrew list`."),
  ambiguous: reason(EXIT.usage, "The prefix or token fits more than one run.", "Type more of it, or name the run."),
  run_imported: reason(
    EXIT.usage,
    "The run was imported from another ledger; here it can only be looked at.",
    "Go to where the run lives; `cabincrew show <run>` names its ledger's key.",
  ),
  state_conflict: reason(
    EXIT.usage,
    "The run is in a state where this command does not apply.",
    "See `cabincrew show <run>` for what is possible now.",
  ),
  key_invalid: reason(
    EXIT.usage,
    "The key file cannot be used.",
    "Make a key with `cabincrew key generate` and name its private file.",
  ),

  // failed: engine or internal
  engine_failed: reason(EXIT.failed, "The engine reported failure.", "Read its log: `cabincrew logs <run>`."),
  receipt_invalid: reason(
    EXIT.failed,
    "The engine did not print exactly one valid receipt.",
    "Check the engine with `cabincrew engine check <engine>`.",
  ),
  artifact_invalid: reason(
    EXIT.failed,
    "The engine's artifacts break the artifact contract.",
    "Check the engine with `cabincrew engine check <engine>`.",
  ),
  takeoff_failed: reason(
    EXIT.failed,
    "Take-off failed; the engine says nothing or only part was applied.",
    "Read its log: `cabincrew logs <run>`, then plan again.",
  ),
  disk_full: reason(EXIT.failed, "The disk is full.", "Free some space; the run continues with `cabincrew resume`."),
  resources_exhausted: reason(
    EXIT.failed,
    "The machine is short of memory, processes or open files.",
    "Free some, or raise the limits (ulimit -n, ulimit -u); the run continues with `cabincrew resume`.",
  ),
  internal: reason(
    EXIT.failed,
    "An impossible state was met; the run was stopped.",
    "Please report it with the output of `cabincrew doctor --json`.",
  ),

  // waiting
  awaiting_approval: reason(
    EXIT.waiting,
    "The plan waits for approval; nothing has taken effect.",
    "Review with `cabincrew diff`, then `cabincrew approve <token>`.",
  ),
  paused: reason(EXIT.waiting, "The run is paused; nothing has taken effect.", "Continue with `cabincrew resume`."),

  // denied
  policy_denied: reason(
    EXIT.denied,
    "A policy or model denied the plan.",
    "Read the reasons above, change the plan or have the policy changed.",
  ),
  postflight_denied: reason(
    EXIT.denied,
    "The plan took effect, and a policy or model objects to what came of it; nothing was undone.",
    "Read the reasons above and the log: `cabincrew logs <run>`. Undoing it is a plan of its own.",
  ),

  // integrity
  token_mismatch: reason(EXIT.integrity, "The plan's bytes no longer give its plan-token.", "Plan again."),
  workspace_changed: reason(
    EXIT.integrity,
    "The workspace changed after it was planned on.",
    "Plan again on the workspace as it is now.",
  ),
  governance_changed: reason(
    EXIT.integrity,
    "Policies, models, roles or permissions changed after the plan was judged.",
    "Plan again under the governance in force now.",
  ),
  waiver_expired: reason(
    EXIT.integrity,
    "A waiver that the judgement rests on expired before take-off.",
    "Plan again; renew the waiver in the governance directory if it is still wanted.",
  ),
  outcome_differs: reason(
    EXIT.integrity,
    "The plan took effect, and what was found afterwards is not what was planned; nothing was undone.",
    "Compare the workspace with `cabincrew diff <run>`, and do not use the engine before that is explained.",
  ),
  engine_changed: reason(EXIT.integrity, "The engine's executable changed after the plan was made.", "Plan again."),
  plan_used: reason(
    EXIT.integrity,
    "This plan already took off; a plan is used once.",
    "Plan again if the change is wanted a second time.",
  ),
  flight_plan_mutated_workspace: reason(
    EXIT.integrity,
    "The engine changed the workspace while it was only asked to plan.",
    "Restore the workspace and do not use this engine without a sandbox.",
  ),
  approval_invalid: reason(
    EXIT.integrity,
    "The approval does not match: wrong role, signature, token, run or time, or it was used before.",
    "Ask somebody with the required role to approve this run's current request.",
  ),
  import_refused: reason(
    EXIT.integrity,
    "The export does not prove what it says, or contradicts what is known here; nothing was imported.",
    "Have it exported anew where the run lives, by this version of cabincrew; compare the key with its owner's.",
  ),
  ledger_corrupt: reason(
    EXIT.integrity,
    "The ledger or the artifact store is damaged or was tampered with.",
    "Do not continue; keep the files and compare them with a backup or an exported head.",
  ),

  // people
  approval_rejected: reason(
    EXIT.rejected,
    "A person rejected the plan.",
    "Read the comment, change the plan, run again.",
  ),
  approval_expired: reason(EXIT.rejected, "Nobody approved the plan in time.", "Run again to make a new request."),
  cancelled: reason(EXIT.rejected, "The run was cancelled.", "Run again when it is wanted."),

  // limits
  engine_timeout: reason(EXIT.limit, "The engine took longer than it may.", "Raise --timeout, or make it faster."),
  engine_limit: reason(
    EXIT.limit,
    "The engine crossed a limit (output, memory, artifacts).",
    "Raise the limit, or make the engine produce less.",
  ),

  busy: reason(EXIT.busy, "Another process drives this run or holds the database.", "Wait for it, then try again."),
  takeoff_unknown: reason(
    EXIT.unknown,
    "Take-off was interrupted and its outcome is not known.",
    "Find out, then `cabincrew resolve <run> --applied` or `--not-applied`.",
  ),
  interrupted: reason(EXIT.interrupted, "Interrupted (Ctrl-C).", "Continue with `cabincrew resume`."),
  terminated: reason(EXIT.terminated, "Terminated (SIGTERM).", "Continue with `cabincrew resume`."),
} as const satisfies Record<string, Reason>;

export type ReasonCode = keyof typeof REASONS;

/** The exit code that belongs to a reason code. */
export function exitCodeOf(code: ReasonCode): ExitCode {
  return REASONS[code].exit;
}

export function isReasonCode(value: string): value is ReasonCode {
  return Object.hasOwn(REASONS, value);
}
