import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take longest though they are short, which the runner cannot know in a fresh checkout: it begins with the largest. */
const LONG = [
  "orchestrator/drive/busy",
  "orchestrator/guarantees/shipped",
  "e2e/tools/sed",
  "e2e/campaigns/tamper",
  "e2e/campaigns/races",
  "orchestrator/drive/durable-writes",
  "e2e/crash",
  "e2e/campaigns/deceit",
  "e2e/campaigns/malice",
  "e2e/campaigns/secrets",
  "e2e/campaigns/crash",
  "e2e/campaigns/input",
  "e2e/tools/formatter",
  "bin/demo",
];

/**
 * Begins with what takes longest, so that no worker is left with it alone at the end, and ends with the files that need a process of
 * their own: in between one would end the process that others share.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId, project }: TestSpecification) => {
      if (project.config.isolate) return LONG.length + 1;
      const at = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return at < 0 ? LONG.length : at;
    };
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}
