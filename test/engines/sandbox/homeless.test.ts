import { expect, it, vi } from "vitest";

const nobody = () => {
  throw new Error("uv_os_get_passwd returned ENOENT");
};
vi.mock("node:os", async (original) => ({ ...(await original<object>()), userInfo: nobody, homedir: nobody }));

it("a user whom the password file does not know, as in a container, has no home to hide; what others have is hidden", async () => {
  const { maskedDirectories, programPlaces } = await import("../../../engines/sandbox/masks.ts");
  expect(maskedDirectories()).toContain("/tmp");
  expect(() => programPlaces([process.execPath])).not.toThrow();
});
