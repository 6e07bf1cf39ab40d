/** The door of waivers. */
export { waive, waivedFor } from "./apply.ts";
export { assertWaiversHold, type UsedWaiver, usedWaivers, waiverNotes } from "./hold.ts";
export { loadWaivers } from "./load.ts";
export type { Waiver, WaivingContext } from "./waiver.ts";
