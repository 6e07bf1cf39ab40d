import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { decideApproval, resumeRun, startRun } from "../../../orchestrator/index.ts";
import { crewOf as crew, inWorkspace, newPlace, request, watch } from "./crew-fixture.ts";

describe("a governed run", () => {
  it("goes through every stage and takes off exactly as planned", async () => {
    const place = newPlace();
    const seen = watch();
    const report = await startRun(
      await crew(place),
      request(place, "engine", { target: "src/main.txt", text: "one\n2\nthree\n" }),
      seen,
    );
    expect(report).toMatchObject({ state: "COMPLETED", reason: null, decision: "allow", exit_code: 0 });
    expect(report.changes).toEqual({ files: 1, insertions: 1, deletions: 1 });
    expect(inWorkspace(place, "src/main.txt")).toBe("one\n2\nthree\n");
    expect(seen.states).toEqual([
      "INIT",
      "PLAN_RUNNING",
      "PLAN_GENERATED",
      "ARTIFACTS_VALIDATED",
      "TOKEN_CREATED",
      "PRE_FLIGHT_RUNNING",
      "PREFLIGHT_COMPLETE",
      "READY_FOR_TAKEOFF",
      "TAKEOFF_RUNNING",
      "EXECUTION_COMPLETE",
      "COMPLETED",
    ]);
    expect(seen.lines).toEqual(["flight-plan of src/main.txt", "take-off of src/main.txt"]);
  });

  it("waits for a person where a policy asks for one, and changes nothing until then", async () => {
    const place = newPlace();
    const ours = await crew(place);
    const report = await startRun(ours, request(place, "engine", { target: "package-lock.json", text: "{}\n" }));
    expect(report).toMatchObject({ state: "AWAITING_APPROVAL", decision: "require_approval", exit_code: 3 });
    expect(report.approval).toMatchObject({ required_role: "operator", needed: 1 });
    expect(() => inWorkspace(place, "package-lock.json")).toThrow();
    await decideApproval(ours, { ref: report.plan_token ?? "", decision: "approve", comment: "looks right" });
    expect(await resumeRun(ours, report.run_id)).toMatchObject({ state: "COMPLETED", exit_code: 0 });
    expect(inWorkspace(place, "package-lock.json")).toBe("{}\n");
  });

  it("ends denied, with the reason, and changes nothing", async () => {
    const place = newPlace();
    const key = ["-----BEGIN RSA", "PRIVATE KEY-----"].join(" ");
    const report = await startRun(
      await crew(place),
      request(place, "engine", { target: "src/key.txt", text: `${key}\nMIIE\n` }),
    );
    expect(report).toMatchObject({ state: "FAILED", reason: "policy_denied", decision: "deny", exit_code: 4 });
    expect(() => inWorkspace(place, "src/key.txt")).toThrow();
  });

  it("refuses to take off when the workspace changed after the plan", async () => {
    const place = newPlace();
    const ours = await crew(place);
    const plan = await startRun(
      ours,
      request(place, "engine", { target: "src/main.txt", text: "new\n" }, { planOnly: true }),
    );
    expect(plan).toMatchObject({ state: "PREFLIGHT_COMPLETE", exit_code: 0 });
    writeFileSync(path.join(place.workspace, "README.md"), "# Changed\n");
    const report = await resumeRun(ours, plan.run_id);
    expect(report).toMatchObject({ state: "FAILED", reason: "workspace_changed", exit_code: 5 });
    expect(report.message).toContain("README.md");
    expect(inWorkspace(place, "src/main.txt")).toBe("one\ntwo\nthree\n");
  });

  it("goes on when whoever watches it throws, and says so once as a warning of the process", async () => {
    const place = newPlace();
    const warnings: string[] = [];
    const told = (warning: Error) => warnings.push(`${warning.name}: ${warning.message}`);
    process.on("warning", told);
    const observe = () => {
      throw new Error("the screen is gone");
    };
    const text = "one\n2\nthree\n";
    const report = await startRun(await crew(place), request(place, "engine", { target: "src/main.txt", text }), {
      observe,
    });
    process.off("warning", told);
    expect(report).toMatchObject({ state: "COMPLETED", exit_code: 0 });
    expect(inWorkspace(place, "src/main.txt")).toBe(text);
    expect(warnings).toEqual(["CabincrewObserver: The observer of a run threw: the screen is gone"]);
  });
});
