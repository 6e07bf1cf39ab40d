/** The sub-verbs of `policy`, each in a file of its own under policy/. */
import { group } from "../verb.ts";
import { build } from "./policy/build.ts";
import { list } from "./policy/list.ts";
import { test } from "./policy/test.ts";

export const policy = group("policy", "What judges plans", [list, build, test]);
