import { describe, expect, it } from "vitest";
import { campaign } from "./campaign.ts";

describe("a slice of the campaign of hostile input (npm run campaign:input)", () => {
  it("finds no crash, no hang, no stack trace and nothing accepted that a schema forbids", () => {
    const { code, lastLine, printed } = campaign("input", "--count=3000", "--numbers=10000", "--processes=3");
    expect(lastLine, printed).toMatch(/^\d{5} passed, 0 failed$/);
    expect(code).toBe(0);
  });
});
