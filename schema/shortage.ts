/** Of these the machine was short for a moment: they say nothing about the program that could not be started. */
const SHORTAGES = new Set(["EAGAIN", "ENOMEM", "EMFILE", "ENFILE"]);

/** Whether a start failed with this error's code for want of memory, processes or descriptors, and may succeed later. */
export function isShortage(code: string | undefined): boolean {
  return code !== undefined && SHORTAGES.has(code);
}
