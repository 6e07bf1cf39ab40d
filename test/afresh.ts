/**
 * Runs before each file of tests. Files share a process, since a new one costs a quarter of a second of processor time; this keeps
 * them apart: what tests share with one another is evaluated anew for each file, and none may leave the process changed.
 */
import { afterAll, expect, vi } from "vitest";

const ofTheProcess = () => ({
  directory: process.cwd(),
  environment: { ...process.env },
  umask: process.umask(),
  user: process.geteuid?.(),
  group: process.getegid?.(),
  exitCode: process.exitCode,
});

// Also registers their hooks for this file. The product's modules are one bundle that Node keeps (test/bundled.ts): in a user's
// process, too, one operation follows the other.
vi.resetModules();
const before = ofTheProcess();
// Registered first, so it runs last.
afterAll(() => expect(ofTheProcess()).toEqual(before));
