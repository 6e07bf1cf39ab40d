/** What a new content is called until it takes its place in the workspace. */
import { createHash } from "node:crypto";
import { type BytePath, baseOf, bytesOf, joinBytes, parentOf } from "./bytes.ts";

const NAME = /^\.cabincrew-tmp-[0-9a-f]{16}$/;

/** Always the same name for the same target, so that a later attempt finds and replaces what an earlier one left. */
export function temporaryName(target: BytePath): BytePath {
  const name = createHash("sha256").update(bytesOf(target)).digest("hex").slice(0, 16);
  return joinBytes(parentOf(target), `.cabincrew-tmp-${name}`);
}

export function isTemporaryName(path: BytePath): boolean {
  return NAME.test(baseOf(path));
}
