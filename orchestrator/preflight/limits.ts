/** What the judges of one governance may use: milliseconds for one evaluation, bytes of memory. */
export const POLICY_LIMITS = { timeoutMs: 10_000, memoryBytes: 512 * 1024 * 1024 };
export const MODEL_LIMITS = { timeoutMs: 60_000, memoryBytes: 1024 * 1024 * 1024 };
