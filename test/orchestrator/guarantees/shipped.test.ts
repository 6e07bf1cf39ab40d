/** spec/guarantees.md: the shipped configuration holds, and what it has no object for is never counted as held. */
import { expect, it } from "vitest";
import { home, idsOf, prove } from "./configurations.ts";

it("the shipped configuration holds, and says of what it lacks that it is not applicable", async () => {
  const report = await prove(home());
  // The system's temporary directory may lie in memory, and then that is broken indeed.
  const broken = report.guarantees.filter(({ id, status }) => status === "broken" && id !== "state-durable");
  expect(broken).toEqual([]);
  expect(report).toMatchObject({ ok: report.broken === 0, governance: { source: "default" } });
  expect(report.held + report.broken + report.not_applicable).toBe(report.guarantees.length);
  const missing = ["approver-holds-role", "vote-is-signed", "key-is-listed", "keys-private", "state-private"];
  expect(idsOf(report, "not_applicable")).toEqual(expect.arrayContaining(missing));
  expect(idsOf(report, "held")).toEqual(
    expect.arrayContaining(["planning-has-no-effect", "one-take-off", "credential-stopped", "secrets-not-kept"]),
  );
}, 180_000);
