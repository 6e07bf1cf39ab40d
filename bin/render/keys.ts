import { type Ink, lines, type Shown, safe } from "./shown.ts";
import { table } from "./table.ts";

interface NewKey {
  readonly key_id: string;
  readonly public: string;
  readonly private_file: string;
  readonly public_file: string;
}

type KeyRow = { readonly name: string } & (
  | { readonly publicText: string; readonly keyId: string }
  | { readonly problem: string }
);

/** A key just made, and what to do with its halves. */
export function renderNewKey(key: NewKey, ink: Ink): Shown {
  return lines(
    safe`${ink.bold("public")}   ${key.public}`,
    safe`${ink.bold("key id")}   ${key.key_id}`,
    safe`${ink.bold("private")}  ${key.private_file}  ${ink.dim("keep it to yourself; approve with --key")}`,
    safe`${ink.bold("next")}     Have the public text added to the authority file.`,
  );
}

export function renderKeys(keys: readonly KeyRow[], ink: Ink): Shown {
  const header = ["NAME", "KEY", "PUBLIC"].map((name) => ink.dim(name));
  return table(
    header,
    keys.map((key) =>
      "problem" in key ? [key.name, ink.red("unusable"), key.problem] : [key.name, key.keyId, key.publicText],
    ),
  );
}
