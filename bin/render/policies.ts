import { type Ink, lines, type Shown, safe } from "./shown.ts";
import { table } from "./table.ts";

interface Pack {
  readonly id: string;
  readonly version: string;
  readonly origin: string;
  readonly digest: string;
  readonly error: string | null;
}

interface Listed {
  readonly source: string;
  readonly directory: string | null;
  readonly digest: string;
  readonly policies: readonly Pack[];
  readonly models: readonly Pack[];
}

/** The governance in force and each of its packs; one that does not load is shown with its reason. */
export function renderPolicies(listed: Listed, ink: Ink): Shown {
  const rows = (kind: string, packs: readonly Pack[]) =>
    packs.map((pack) => [
      kind,
      pack.id,
      pack.version,
      pack.origin,
      pack.error === null ? pack.digest.slice(0, 12) : ink.red(`denies everything: ${pack.error}`),
    ]);
  const header = ["KIND", "ID", "VERSION", "FROM", "DIGEST"].map((name) => ink.dim(name));
  return lines(
    safe`${ink.bold("governance")}  ${listed.directory ?? listed.source}  ${ink.dim(listed.digest)}`,
    table(header, [...rows("policy", listed.policies), ...rows("model", listed.models)]),
  );
}
