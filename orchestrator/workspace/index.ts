/** The workspace hash and what differs between two of them. */
export { describeDifference } from "./difference.ts";
export { type HashOptions, hashWorkspace, type WorkspaceHash } from "./hash.ts";
export type { WorkspaceTree } from "./tree.ts";
export { loadTree, saveTree } from "./tree-file.ts";
