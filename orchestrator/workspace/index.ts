/** The workspace hash and what differs between two of them. */
export { type ChangedPath, changedPaths, describeDifference } from "./difference.ts";
export { displayPath } from "./display-path.ts";
export { type HashOptions, hashWorkspace, type WorkspaceHash } from "./hash.ts";
export { type Directory, KIND, namesOf, type WorkspaceTree } from "./tree.ts";
export { loadTree, saveTree } from "./tree-file.ts";
