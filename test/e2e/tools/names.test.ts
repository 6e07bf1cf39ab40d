import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasBubblewrap, hasOverlay, picture } from "../../engines/exec/engine.ts";
import { type Answer, rules, Story } from "./story.ts";

const LONG = "n".repeat(255);
/** Written with printf so that every byte is exact. */
const PREPARE = `set -eu
mkdir -p 'sp ace' gone/deep keep/empty
printf old > 'sp ace/a b.txt'
printf old > "$(printf 'new\\nline')"
printf old > "$(printf 'latin \\351')"
printf old > -rf
printf old > ${LONG}
printf 'old\\0old' > binary.dat
printf old > gone/deep/file
printf 'kept content\\n' > moved-from
printf old > mode
printf old > locked && chmod 0400 locked
ln -s mode link
`;
const EDIT = `set -eu
for file in 'sp ace/a b.txt' "$(printf 'new\\nline')" "$(printf 'latin \\351')" ./-rf ${LONG}; do printf 'new\\n' > "$file"; done
printf 'new' > "$(printf '\\377\\376 \\033[31m')"
printf 'new\\0new' > binary.dat
rm -r gone
rmdir keep/empty
mkdir -p made/empty 'made/ tab\t'
mkdir made/private && chmod 0700 made/private
mv moved-from 'moved to'
chmod 0755 mode
printf new | cat > locked.new && chmod 0400 locked.new && mv -f locked.new locked
rm link && ln -s "$(printf 'dangling \\351')" link
ln -s ../outside outside-link
printf '#!/bin/sh\\n' > tool && chmod 0755 tool
rm ./-rf && mkdir ./-rf && printf x > ./-rf/--help
`;

describe("names and entries nobody wishes for", () => {
  let story: Story;
  let direct: string;
  let planned: Answer;

  beforeAll(() => {
    story = new Story("names", { judges: "shipped" });
    direct = path.join(story.root, "direct");
    mkdirSync(direct);
    for (const place of [story.workspace, direct]) story.tool(["sh", "-c", PREPARE], place);
    planned = story.json("plan", ".", "--", "sh", "-c", EDIT);
  });
  afterAll(() => story.remove());

  test("are planned without touching anything", () => {
    expect([planned.code, planned.told.state], planned.err).toEqual([3, "AWAITING_APPROVAL"]);
    expect(rules(planned.told)).toEqual(["workspace/binary-change", "workspace/executable", "workspace/link-outside"]);
    expect(picture(story.workspace)).toEqual(picture(direct));
  });

  test("are shown in a form that no terminal obeys and no reader mistakes", () => {
    const { artifacts } = story.json("show", planned.told.run_id).told;
    const shown = artifacts.map(({ action, target }) => `${action} ${target}`);
    expect(shown).toEqual(
      expect.arrayContaining([
        "update sp ace/a b.txt",
        "update new\nline",
        "update latin \\xe9",
        "create \\xff\\xfe \u001b[31m",
        `update ${LONG}`,
        "delete gone/deep/file",
        "delete keep/empty",
        "create made/empty",
        "rename moved to",
        "update mode",
        "update -rf",
        "create -rf/--help",
      ]),
    );
    for (const verb of ["show", "diff", "approvals"]) {
      const { code, out } = story.cabincrew(verb, ...(verb === "approvals" ? [] : [planned.told.run_id]));
      expect([code, out.includes("\u001b")]).toEqual([0, false]);
    }
    const { diff } = story.json("diff", planned.told.run_id).told;
    expect(diff).toContain("rename from moved-from\nrename to moved to\n");
    expect(diff).toContain("old mode 100644\nnew mode 100755\n");
  });

  test("are the same after take-off as if the command had run directly", () => {
    const approved = story.json("approve", planned.told.run_id, "--comment", "strange but wanted", "--resume");
    expect([approved.code, approved.told.state], approved.err).toEqual([0, "COMPLETED"]);
    story.tool(["sh", "-c", EDIT], direct);
    expect(picture(story.workspace)).toEqual(picture(direct));
    expect(story.json("verify").told.ok).toBe(true);
  });
});

/** A plain copy without a sandbox lies somewhere else than the workspace. */
const keepsPath = hasBubblewrap || hasOverlay;

test(`a workspace whose own path holds spaces, colons, commas and non-ASCII letters is a workspace like any other${keepsPath ? "" : " (its commands see another path here: needs bubblewrap or overlays)"}`, () => {
  const story = new Story("path");
  const place = path.join(story.root, "a b:c,d=é\\ 'q' \"$HOME\"");
  mkdirSync(place);
  writeFileSync(path.join(place, "f"), "old\n");
  const seen = keepsPath ? 'test "$(pwd)" = "$0" && ' : "";
  const look = ["sh", "-c", `echo new > f; ${seen}echo there > where`, place];
  const { code, told, err } = story.json("run", place, "--", ...look);
  expect([code, told.state], err).toEqual([0, "COMPLETED"]);
  expect(story.tool(["cat", path.join(place, "where")])).toBe("there\n");
  story.remove();
});
