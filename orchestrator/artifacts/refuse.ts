import { CabincrewError, type ReasonCode } from "../../schema/index.ts";

/** A refusal that names the artifact, what is wrong with it and what its author should do. */
export function refuseArtifact(
  name: string,
  problem: string,
  next?: string,
  code: ReasonCode = "artifact_invalid",
): CabincrewError {
  return new CabincrewError(code, `Collecting artifact ${printable(name)}: ${problem}`, {
    ...(next === undefined ? {} : { next }),
    detail: { artifact: name.slice(0, 300) },
  });
}

/** A name as it may stand in a sentence: quoted, control characters escaped, shortened. */
export function printable(name: string): string {
  const quoted = JSON.stringify(name.length > 120 ? `${name.slice(0, 120)}…` : name);
  return quoted.replace(
    /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
