/** Projects that use a recipe, as a user sets them up. */
import { cpSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { onTestFinished } from "vitest";
import { DEFAULT_PACK, type Judges } from "../../bin/judged-by.ts";
import { has, REPOSITORY, Story } from "./story.ts";

/** How the project's configuration is run; flags of `run` and `plan` alike. */
export const RUN = [".", "--engine", "command", "--config", "cabincrew.yaml"];

/** What there is of Terraform and OpenTofu on this machine. */
export const terraform = ["terraform", "tofu"].find((program) => has(program));

/** A project as the recipe's README says: scripts in .cabincrew-recipe, configuration beside the project's own files. */
export function project(recipe: string, files: Record<string, string>, judges: Judges = DEFAULT_PACK): Story {
  const story = new Story(recipe, { judges });
  onTestFinished(() => story.remove());
  const from = path.join(REPOSITORY, "engines", "recipes", recipe);
  mkdirSync(path.join(story.workspace, ".cabincrew-recipe"));
  for (const name of readdirSync(from).filter((each) => each.endsWith(".sh")))
    cpSync(path.join(from, name), path.join(story.workspace, ".cabincrew-recipe", name));
  const config = readFileSync(path.join(from, "cabincrew.yaml"), "utf8");
  story.write({ "cabincrew.yaml": terraform === "tofu" ? config.replaceAll("terraform ", "tofu ") : config, ...files });
  return story;
}
