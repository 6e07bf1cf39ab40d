/** The threads of one judge: one, which knows every pack, and a second one for the parts of large plans where there are cores for it. */
import os from "node:os";
import type { Load } from "./messages.ts";
import type { PolicyLimits } from "./port.ts";
import { takeThread } from "./prepare.ts";
import { type Done, PolicyThread } from "./thread.ts";
import type { ViewRequest } from "./view/request.ts";

export class PolicyThreads {
  readonly #first: PolicyThread;
  readonly #memoryBytes: number;
  readonly #loads = new Map<number, Load>();
  #second: PolicyThread | undefined;
  #holds = 0;

  constructor(limits: PolicyLimits) {
    this.#first = takeThread(limits);
    this.#memoryBytes = limits.memoryBytes;
  }

  load(pack: number, load: Load, timeoutMs: number): Promise<Done> {
    this.#loads.set(pack, load);
    this.#second?.expect(pack, load);
    return this.#first.load(pack, load, timeoutMs);
  }

  evaluate(pack: number, input: ArrayBuffer | ViewRequest, timeoutMs: number): Promise<Done> {
    return this.#first.evaluate(pack, input, timeoutMs);
  }

  /** All threads there may be. */
  widened(): readonly PolicyThread[] {
    if (os.availableParallelism() < 2) return [this.#first];
    if (!this.#second) {
      this.#second = new PolicyThread(this.#memoryBytes);
      for (const [pack, load] of this.#loads) this.#second.expect(pack, load);
      for (let held = 0; held < this.#holds; held += 1) this.#second.hold();
    }
    return [this.#first, this.#second];
  }

  hold(): void {
    this.#holds += 1;
    this.#first.hold();
    this.#second?.hold();
  }

  release(): void {
    this.#holds -= 1;
    this.#first.release();
    this.#second?.release();
  }

  async close(): Promise<void> {
    await Promise.all([this.#first.close(), this.#second?.close()]);
  }
}
