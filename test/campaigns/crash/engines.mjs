// The engines of the campaign: what their workspace holds, how they are asked for, and what may come of a crash in take-off.
//   repeatable   what take-off does may be done twice (declared idempotent, or made so by what it checks)
//   torn         its own file changes are not atomic, and what it tells is about its effect alone: the workspace may hold half of one
//   asks         an interrupted take-off may need a person's word
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { FIXTURES, REPOSITORY } from "./place.mjs";

const CHANGES = [
  "echo changed > src/main.txt",
  "rm -f README.md",
  "mkdir -p new/empty new/dir",
  "echo text > 'new/dir/with space'",
  "ln -sfn ../src/main.txt new/link",
  "chmod 755 tool",
  "if test -e moved; then mv moved 'moved too'; fi",
].join(" && ");

function plainFiles(place) {
  const file = (name, text) => writeFileSync(path.join(place.workspace, name), text);
  mkdirSync(path.join(place.workspace, "src"), { recursive: true });
  file("src/main.txt", "one\ntwo\nthree\n");
  file("README.md", "# A workspace\n");
  file("tool", "#!/bin/sh\n");
  file("moved", "a text that moves\n".repeat(20));
}

const recipe = (name) => path.join(REPOSITORY, "engines", "recipes", name);

function withRecipe(place, name) {
  cpSync(recipe(name), path.join(place.workspace, ".cabincrew-recipe"), { recursive: true });
}

const byRecipe = (name) => () => ["--engine", "command", "--config", path.join(recipe(name), "cabincrew.yaml")];

const counting = (name) => (place) => {
  const config = { target: "src/main.txt", text: "new", counter: place.counter };
  const pairs = Object.entries(config).flatMap(([key, value]) => ["--config", `${key}=${value}`]);
  return ["--engine", path.join(FIXTURES, "drive", `${name}.sh`), "--sandbox", "off", ...pairs];
};

export const ENGINES = {
  exec: { files: plainFiles, options: () => [], command: ["sh", "-c", CHANGES], repeatable: true },
  copy: { files: plainFiles, options: () => ["--sandbox", "off"], command: ["sh", "-c", CHANGES], repeatable: true },
  judged: { files: plainFiles, options: () => [], command: ["sh", "-c", CHANGES], repeatable: true, judges: "shipped" },
  once: { files: plainFiles, options: counting("engine"), asks: true, torn: true },
  idempotent: { files: plainFiles, options: counting("idempotent"), repeatable: true },
  reconciling: { files: plainFiles, options: counting("reconciling"), torn: true },
  shell: {
    files: plainFiles,
    options: () => ["--engine", path.join(REPOSITORY, "engines", "templates", "shell")],
    repeatable: true,
  },
  sqlite: {
    files(place) {
      withRecipe(place, "sqlite-migration");
      mkdirSync(path.join(place.workspace, "migrations"));
      const migration = "CREATE TABLE hits (n INTEGER);\nINSERT INTO hits VALUES (1);\n";
      writeFileSync(path.join(place.workspace, "migrations", "001.sql"), migration);
      execFileSync("sqlite3", [path.join(place.workspace, "app.db"), "CREATE TABLE before (n INTEGER);"]);
    },
    options: byRecipe("sqlite-migration"),
    effects: (place) =>
      Number(
        execFileSync("sqlite3", [
          path.join(place.workspace, "app.db"),
          "SELECT count(*) FROM sqlite_master WHERE name = 'hits'",
        ]),
      ),
    asks: true,
  },
  release: {
    files(place) {
      withRecipe(place, "release-script");
      mkdirSync(path.join(place.workspace, "changes"));
      writeFileSync(path.join(place.workspace, "changes", "a.md"), "- something\n");
      writeFileSync(path.join(place.workspace, "VERSION"), "1.2.3\n");
    },
    options: byRecipe("release-script"),
    repeatable: true,
  },
};
