import { type Ink, indented, lines, type Shown, safe } from "../render/shown.ts";
import type { Played } from "./scene.ts";

export function renderOpening(ink: Ink): Shown {
  return lines(
    safe`${ink.bold("Six things that go wrong, each on a real run in a scratch folder")}`,
    ink.dim("✘ the same steps by a plain script   ✔ the same steps under cabincrew"),
  );
}

/** One scene, three lines: what it is, what happened without, what happened with. */
export function renderPlayed({ scene, outcome, held, fault }: Played, at: number, ink: Ink): Shown {
  const title = safe`${ink.bold(`${at}  ${scene.title}`)}`;
  if (!held || !outcome) return lines("", title, indented(safe`${ink.red("did not hold")}  ${fault ?? ""}`, "   "));
  const { without, governed, reason, exitCode } = outcome;
  const end = safe`${reason ?? "completed"}, exit ${exitCode}`;
  return lines(
    "",
    title,
    indented(
      lines(safe`${ink.red("✘")} ${without}`, safe`${ink.green("✔")} ${governed}  ${ink.dim(safe`[${end}]`)}`),
      "   ",
    ),
  );
}

export function renderClosing(played: readonly Played[], ink: Ink): Shown {
  const held = played.filter((each) => each.held).length;
  const all = held === played.length;
  return lines("", (all ? ink.green : ink.red)(ink.bold(safe`${held} of ${played.length} held`)));
}
