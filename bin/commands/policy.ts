/** The sub-verbs of `policy`, each in a file of its own under policy/. */
import { group } from "../verb.ts";
import { build } from "./policy/build.ts";
import { evaluate } from "./policy/eval.ts";
import { explain } from "./policy/explain.ts";
import { list } from "./policy/list.ts";
import { replay } from "./policy/replay.ts";
import { test } from "./policy/test.ts";

export const policy = group("policy", "What judges plans", [list, evaluate, explain, replay, build, test]);
