import { EXIT } from "../../schema/index.ts";
import { usageError } from "../failure.ts";
import { onInterruption } from "../signals.ts";
import { verb } from "../verb.ts";

export const demo = verb({
  usage: "demo",
  summary: "What goes wrong without it, and what stops it here: six real runs in a scratch folder",
  examples: [
    ["cabincrew demo", "Needs no configuration; exits 1 when one of the six does not hold"],
    ["cabincrew demo --keep", "Keeps the scratch folder, to look at its runs with --state-dir"],
  ],
  options: { keep: { type: "boolean", default: false, describe: "Keep the scratch folder and say where it is" } },
  async run(args, screen) {
    if (args["state-dir"] !== undefined || args.governance !== undefined)
      throw usageError("demo takes neither --state-dir nor --governance: it has its own, in a scratch folder.");
    const interruption = onInterruption(() => undefined);
    const [{ perform }, { renderClosing, renderOpening, renderPlayed }] = await Promise.all([
      import("../demo/perform.ts"),
      import("../demo/render.ts"),
    ]);
    const people = !screen.json && !screen.quiet;
    if (people) screen.result(renderOpening(screen.out));
    const { scratch, played } = await perform(args.keep, interruption.signal, (scene, at) => {
      if (people) screen.result(renderPlayed(scene, at, screen.out));
    });
    interruption.stop();
    const exit_code = interruption.code() ?? (played.every((scene) => scene.held) ? EXIT.ok : EXIT.failed);
    if (screen.json) {
      const scenes = played.map(({ scene, held, outcome, fault }) => ({
        scene: scene.id,
        title: scene.title,
        held,
        without: outcome?.without ?? null,
        with_cabincrew: outcome?.governed ?? null,
        reason: outcome?.reason ?? null,
        exit_code: outcome?.exitCode ?? null,
        fault: fault ?? null,
      }));
      screen.document({ scenes, ...(args.keep ? { scratch } : {}), exit_code });
    } else if (interruption.code() === undefined) screen.result(renderClosing(played, screen.out));
    if (args.keep) screen.tell(`Kept in ${scratch}; look at it with: cabincrew list --state-dir ${scratch}/state`);
    return exit_code;
  },
});
