import { approvals } from "./commands/approvals.ts";
import { approve } from "./commands/approve.ts";
import { audit } from "./commands/audit.ts";
import { cancel } from "./commands/cancel.ts";
import { completion } from "./commands/completion.ts";
import { demo } from "./commands/demo.ts";
import { diff } from "./commands/diff.ts";
import { doctor } from "./commands/doctor.ts";
import { engine } from "./commands/engine.ts";
import { exportVerb } from "./commands/export.ts";
import { importVerb } from "./commands/import.ts";
import { key } from "./commands/key.ts";
import { list } from "./commands/list.ts";
import { logs } from "./commands/logs.ts";
import { pause } from "./commands/pause.ts";
import { plan } from "./commands/plan.ts";
import { policy } from "./commands/policy.ts";
import { reject } from "./commands/reject.ts";
import { replay } from "./commands/replay.ts";
import { resolve } from "./commands/resolve.ts";
import { resume } from "./commands/resume.ts";
import { retry } from "./commands/retry.ts";
import { run } from "./commands/run.ts";
import { show } from "./commands/show.ts";
import { verify } from "./commands/verify.ts";
import { verifyGuarantees } from "./commands/verify-guarantees.ts";
import type { Verb } from "./verb.ts";

/** Every verb, in the order that help shows. Command files are light: what a verb needs it loads when it runs. */
export const VERBS: readonly Verb[] = [
  run,
  plan,
  approve,
  reject,
  approvals,
  resume,
  cancel,
  pause,
  retry,
  resolve,
  list,
  show,
  diff,
  logs,
  audit,
  verify,
  verifyGuarantees,
  replay,
  exportVerb,
  importVerb,
  policy,
  engine,
  key,
  doctor,
  demo,
  completion,
];
