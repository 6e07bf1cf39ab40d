/** Stands in for `node:assert` in the bundle: yargs needs two comparisons of it, and loading it takes a millisecond. */
export function strictEqual(actual: unknown, expected: unknown, message?: string): void {
  if (!Object.is(actual, expected)) throw new Error(message ?? "Expected the same value.");
}

export function notStrictEqual(actual: unknown, expected: unknown, message?: string): void {
  if (Object.is(actual, expected)) throw new Error(message ?? "Expected another value.");
}
