import { readFileSync } from "node:fs";
import path from "node:path";
import { refusalOf } from "../refusal.ts";
import { expect, type Scene } from "../scene.ts";

const FILES = { "compose.yaml": "services: {}\n", deployments: "" };
const DEPLOY = "echo 'services: { web: { image: web } }' > compose.yaml; echo deployed >> deployments";

/** One approval, two runs of the same plan and so with the same token. */
export const reusedApproval: Scene = {
  id: "reused-approval",
  title: "One approval is used twice",
  files: FILES,
  async play(stage) {
    const { crew, library } = stage;
    const guarded = `if [ -f ../approved ]; then ${DEPLOY}; fi`;
    const copy = await stage.unguarded("touch ../approved", guarded, guarded);
    const deployed = readFileSync(path.join(copy, "deployments"), "utf8");
    expect(deployed === "deployed\ndeployed\n", "The unguarded script did not run twice.");

    const first = await stage.plan(DEPLOY);
    const second = await stage.plan(DEPLOY);
    expect(first.plan_token === second.plan_token, "The two runs have different plans.");
    const approve = { ref: first.run_id, decision: "approve" } as const;
    await library.decideApproval(crew, approve);
    const used = await stage.resume(first.run_id);
    expect(used.state === "COMPLETED", `The approved run is ${used.state} (${used.reason}).`);

    const again = await refusalOf(library.decideApproval(crew, approve));
    expect(again?.exitCode === 5, "A second use of the approval was not refused.");
    const other = await stage.resume(second.run_id);
    expect(other.state === "AWAITING_APPROVAL", `The other run is ${other.state} (${other.reason}).`);
    expect(stage.read("deployments") === "deployed\n", "It was deployed more than once.");
    return {
      without: "the approval was a file that exists: deployed 2 times",
      governed: "deployed once; used again it is refused, and a second run waits for its own",
      reason: again.code,
      exitCode: again.exitCode,
    };
  },
};
