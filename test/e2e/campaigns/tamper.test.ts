import { describe, expect, it } from "vitest";
import { campaign } from "./campaign.ts";

describe("a slice of the campaign of tampering (npm run campaign:tamper)", () => {
  it("notices rows, schema, files, keys, governance, workspace and exports that were changed, and a ledger rolled back", () => {
    const { code, lastLine, printed } = campaign("tamper", "1");
    expect(lastLine, printed).toMatch(/^\d+ passed, 0 failed$/);
    expect(code).toBe(0);
  }, 240_000);
});
