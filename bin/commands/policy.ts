/** The sub-verbs of `policy`, each in a file of its own under policy/. */
import { group } from "../verb.ts";
import { list } from "./policy/list.ts";

export const policy = group("policy", "What judges plans", [list]);
