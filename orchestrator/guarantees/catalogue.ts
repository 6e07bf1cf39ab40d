import type { Attack } from "./attack.ts";
import { ALTERED } from "./attacks/altered.ts";
import { APPROVALS } from "./attacks/approvals.ts";
import { BEFORE_TAKE_OFF } from "./attacks/before-take-off.ts";
import { CONTENT } from "./attacks/content.ts";
import { FILES } from "./attacks/files.ts";
import { JUDGES } from "./attacks/judges.ts";
import { LEDGER } from "./attacks/ledger.ts";
import { ONCE } from "./attacks/once.ts";
import { PEOPLE } from "./attacks/people.ts";
import { SANDBOX } from "./attacks/sandbox.ts";
import { SECRETS } from "./attacks/secrets.ts";
import { STALE } from "./attacks/stale.ts";

/** Every attack, in the order of the life of a run (spec/guarantees.md). */
export const ATTACKS: readonly Attack[] = [
  ...BEFORE_TAKE_OFF,
  ...JUDGES,
  ...CONTENT,
  ...APPROVALS,
  ...PEOPLE,
  ...ALTERED,
  ...STALE,
  ...ONCE,
  ...LEDGER,
  ...SECRETS,
  ...SANDBOX,
  ...FILES,
];
