/** Which gates a plan must pass, and whether anybody could open them: a gate nobody can satisfy is refused early. */
import { CabincrewError, compareUtf8 } from "../../schema/index.ts";
import { type Authority, type Gate, holdersOf, OPERATOR_ROLE, type Person, samePerson } from "./authority.ts";
import { canFill } from "./seats.ts";

/**
 * The gates for the roles that findings demand, each once, in UTF-8 order; a finding that names no role (`undefined`),
 * and an empty list, demand the default role. Never empty. Throws authority_invalid for a role that nobody holds.
 */
export function gateFor(authority: Authority | undefined, roles: readonly (string | undefined)[]): Gate[] {
  const defaultRole = authority?.defaultRole ?? OPERATOR_ROLE;
  const demanded = new Set(roles.length === 0 ? [defaultRole] : roles.map((role) => role ?? defaultRole));
  const gates = [...demanded].sort(compareUtf8).map((role) => ({ role, count: authority?.counts.get(role) ?? 1 }));
  for (const { role } of gates) assertHeld(authority, role);
  return gates;
}

/**
 * Refuses gates that cannot be passed when `requester` asks: with separation of duties the requester does not count and
 * one person fills one place only. Throws authority_invalid naming role and count.
 */
export function assertSatisfiable(authority: Authority | undefined, gates: readonly Gate[], requester: string): void {
  for (const { role } of gates) assertHeld(authority, role);
  if (!authority) {
    assertOnePerson(gates);
    return;
  }
  const mayApprove = (person: Person) => !authority.separationOfDuties || !samePerson(person.id, requester);
  const holders = gates.map((gate) => holdersOf(authority, gate.role).filter(mayApprove));
  for (const [index, { role, count: needed }] of gates.entries()) {
    const have = holders[index]?.length ?? 0;
    if (have >= needed) continue;
    const besides = authority.separationOfDuties ? ` besides the requester ${requester}` : "";
    throw new CabincrewError(
      "authority_invalid",
      `The gate \`${role}\` needs ${needed} to approve, but ${have}${besides} hold that role`,
      { detail: { role, needed, have } },
    );
  }
  if (!authority.separationOfDuties) return;
  const candidates = holders.map((people) => people.map((person) => person.id));
  if (
    canFill(
      gates.map((gate) => gate.count),
      candidates,
    )
  )
    return;
  const needed = gates.reduce((sum, gate) => sum + gate.count, 0);
  const have = new Set(candidates.flat()).size;
  throw new CabincrewError(
    "authority_invalid",
    `The gates ${gates.map((gate) => `\`${gate.role}\` (${gate.count})`).join(" and ")} need ${needed} different people ` +
      `besides the requester ${requester}, and the ${have} who hold these roles cannot fill them`,
    { detail: { role: gates.map((gate) => gate.role).join(", "), needed, have } },
  );
}

function assertHeld(authority: Authority | undefined, role: string): void {
  if (authority ? holdersOf(authority, role).length > 0 : role === OPERATOR_ROLE) return;
  throw new CabincrewError(
    "authority_invalid",
    authority
      ? `A finding demands approval in the role \`${role}\`, which nobody in the authority file holds`
      : `A finding demands approval in the role \`${role}\`, but without an authority file there is only \`operator\``,
    {
      next: `Give somebody the role \`${role}\` in the authority file that governance.yaml names.`,
      detail: { role, needed: authority?.counts.get(role) ?? 1, have: 0 },
    },
  );
}

/** Without an authority file one unproven person is all there is. */
function assertOnePerson(gates: readonly Gate[]): void {
  const greedy = gates.find((gate) => gate.count > 1);
  if (!greedy) return;
  throw new CabincrewError(
    "authority_invalid",
    `The gate \`${greedy.role}\` needs ${greedy.count} people, but without an authority file there is one`,
    { detail: { role: greedy.role, needed: greedy.count, have: 1 } },
  );
}
