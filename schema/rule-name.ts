/** The one name a rule goes by: in every output, and in a waiver. */

/** `policy/rule`; a rule that begins with its policy's name is not given it twice. */
export function nameOfRule(policyId: string, rule: string): string {
  return rule.startsWith(`${policyId}/`) ? rule : `${policyId}/${rule}`;
}
