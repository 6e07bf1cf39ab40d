/** From an authority file to an Authority: nobody twice, no key shared, every gate in it can be satisfied. */
import { type AuthorityFile, CabincrewError, compareUtf8, digestOf, parseDocument } from "../../schema/index.ts";
import { type Authority, foldName, holdersOf, OPERATOR_ROLE, type Person } from "./authority.ts";
import { parsePublicText } from "./public-key.ts";
import { readDocument } from "./read-document.ts";

/** Loads a YAML or JSON authority file (spec/authority.md). Throws authority_invalid. */
export async function loadAuthority(file: string): Promise<Authority> {
  const what = "The authority file";
  const document = await readDocument(file, "authority_invalid", what);
  return authorityOf(parseDocument("authority", document, "authority_invalid", `${what} ${file}`), `${what} ${file}`);
}

function authorityOf(config: AuthorityFile, what: string): Authority {
  const people = config.people.map((person) => readPerson(person, what));
  assertDistinct(people, what);
  const counts = new Map(Object.entries(config.gates ?? {}).map(([role, gate]) => [role, gate.count]));
  const rules = {
    people,
    counts,
    defaultRole: config.default_role ?? OPERATOR_ROLE,
    separationOfDuties: config.separation_of_duties ?? true,
    ...(config.approval_ttl_seconds === undefined ? {} : { approvalTtlSeconds: config.approval_ttl_seconds }),
  };
  const authority: Authority = { ...rules, digest: digestRules(rules) };
  for (const role of new Set([authority.defaultRole, ...counts.keys()])) assertEnoughHold(authority, role, what);
  return authority;
}

function readPerson(person: AuthorityFile["people"][number], what: string): Person {
  const keys = person.keys.map((text) => parsePublicText(text, "authority_invalid", `${what}: a key of ${person.id}`));
  return { id: person.id, roles: person.roles, keys };
}

function assertDistinct(people: readonly Person[], what: string): void {
  const names = new Map<string, string>();
  const owners = new Map<string, string>();
  for (const { id, keys } of people) {
    const other = names.get(foldName(id));
    if (other !== undefined) {
      throw new CabincrewError("authority_invalid", `${what} names a person twice: ${other} and ${id}`);
    }
    names.set(foldName(id), id);
    for (const { text } of keys) {
      const owner = owners.get(text);
      if (owner !== undefined) {
        throw new CabincrewError("authority_invalid", `${what} gives one key to both ${owner} and ${id}: ${text}`);
      }
      owners.set(text, id);
    }
  }
}

function assertEnoughHold(authority: Authority, role: string, what: string): void {
  const needed = authority.counts.get(role) ?? 1;
  const have = holdersOf(authority, role).length;
  if (have >= needed) return;
  const which = role === authority.defaultRole ? `default role \`${role}\`` : `role \`${role}\``;
  throw new CabincrewError(
    "authority_invalid",
    `${what} needs ${needed} to approve in the ${which}, but ${have} in it hold that role`,
    { detail: { role, needed, have } },
  );
}

function digestRules(rules: Omit<Authority, "digest">): string {
  const sorted = (values: readonly string[]) => [...values].sort(compareUtf8);
  const people = rules.people.map(({ id, roles, keys }) => ({
    id,
    roles: sorted(roles),
    keys: sorted(keys.map((key) => key.text)),
  }));
  return digestOf({
    format: "cabincrew.authority/1",
    people: people.sort((a, b) => compareUtf8(a.id, b.id)),
    gates: Object.fromEntries(rules.counts),
    default_role: rules.defaultRole,
    separation_of_duties: rules.separationOfDuties,
    approval_ttl_seconds: rules.approvalTtlSeconds ?? null,
  });
}
