import { describe, expect, it } from "vitest";
import { commandLine } from "../../bin/command-line.ts";

describe("`approvals` when more waits than one page holds", () => {
  it("shows the newest, says how to see the older ones, and misses none of them", () => {
    const cli = commandLine({ Dockerfile: "FROM scratch\n" });
    const waiting = [1, 2, 3].map((n) => {
      const { code, document } = cli.json("run", ".", "--", "sh", "-c", `echo 'LABEL n=${n}' >> Dockerfile`);
      expect(code).toBe(3);
      return document.run_id;
    });
    const newest = cli.json("approvals", "--limit", "2").document.approvals.map((each) => each.run_id);
    expect(newest).toEqual([waiting[2], waiting[1]]);
    const said = cli.cabincrew("approvals", "--limit", "2").err;
    expect(said).toContain(`older ones: cabincrew approvals --before ${waiting[1]}`);
    const older = cli.json("approvals", "--before", String(waiting[1])).document.approvals.map((each) => each.run_id);
    expect(older).toEqual([waiting[0]]);
  });
});
