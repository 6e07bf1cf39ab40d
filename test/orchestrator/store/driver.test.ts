import path from "node:path";
import { expect, test } from "vitest";
import { compiledPart, driverNeed, napiDriver, plainDriver } from "../../../orchestrator/store/sqlite/driver.ts";

test.each([
  ["20.20.2", "9", "12"],
  ["22.13.1", "9", "12"],
  ["22.14.0", "10", "13, or 12 without"],
  ["24.21.0", "10", "13"],
  ["26.10.0", "10", "13"],
  ["20.0.0", undefined, "12"],
] as const)("Node %s with Node-API %s uses release %s of the SQLite library", (node, napi, need) => {
  expect(driverNeed({ node, napi })).toBe(need);
});

test("a Node that aborts with release 12 is refused without release 13, with what to do next", () => {
  const absent = () => {
    throw Object.assign(new Error("Cannot find module"), { code: "MODULE_NOT_FOUND" });
  };
  expect(() => napiDriver("13", absent)).toThrowError(
    expect.objectContaining({ code: "state_unusable", next: expect.stringContaining("--include=optional") }),
  );
  expect(napiDriver("13, or 12 without", absent)).toBeUndefined();
});

test("a release 13 that is there and does not load is never passed over", () => {
  const broken = () => {
    throw new Error("invalid ELF header");
  };
  expect(() => napiDriver("13, or 12 without", broken)).toThrowError(
    expect.objectContaining({ code: "state_unusable" }),
  );
});

test("a Node that needs release 12 is refused where it was not installed or not compiled, and told that a newer Node compiles nothing", () => {
  const absent = () => {
    throw Object.assign(new Error("Cannot find module"), { code: "MODULE_NOT_FOUND" });
  };
  const refusal = { code: "state_unusable", next: expect.stringMatching(/Node 22\.14 or newer.*toolchain/) };
  expect(() => plainDriver(absent)).toThrowError(expect.objectContaining(refusal));
  expect(() => compiledPart(absent)).toThrowError(expect.objectContaining(refusal));
  const uncompiled = () => path.join(import.meta.dirname, "package.json");
  expect(() => compiledPart(uncompiled)).toThrowError(expect.objectContaining(refusal));
});
