/** What a model scores, one by one: texts, or rows of numbers, as bytes, each with its place. Bounded, nothing left out silently. */
import type { PreflightArtifact } from "../../schema/index.ts";
import { failed, type Outcome } from "../failure.ts";
import { fileOf } from "./scope.ts";

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_UNITS = 4_000_000;

/** Where something is; `file` as findings call it. */
export interface Place {
  readonly artifact: string;
  readonly file?: string;
}

/** One thing to score; `line` is the 1-based line it begins at, in the new file or in the artifact's body. */
export interface Unit extends Place {
  readonly line?: number;
  /** Text, or little-endian float64 numbers for a model of features. */
  readonly data: string | Uint8Array;
}

export interface Selection {
  readonly units: readonly Unit[];
  /** Bytes of all units, texts counted in UTF-8. */
  readonly bytes: number;
  /** Of which at least a part could not be scored because it was not in the input. */
  readonly unseen: readonly Place[];
  /** Changes that are not text and were therefore not scored. */
  readonly binary: number;
}

/** Collects units until they exceed what models score in one run: 64 MiB or 4,000,000 of them. */
export class Collector {
  readonly #units: Unit[] = [];
  readonly #unseen: Place[] = [];
  #bytes = 0;
  #binary = 0;

  add(unit: Unit): void {
    this.#bytes += typeof unit.data === "string" ? Buffer.byteLength(unit.data) : unit.data.length;
    if (!this.isFull()) this.#units.push(unit);
  }

  addUnseen(place: Place): void {
    this.#unseen.push(place);
  }

  addBinary(): void {
    this.#binary += 1;
  }

  /** Whether whatever comes now is too much; the selection is then a failure. */
  isFull(): boolean {
    return this.#bytes > MAX_BYTES || this.#units.length >= MAX_UNITS;
  }

  selection(): Outcome<Selection> {
    if (this.isFull())
      return failed(
        "too_much_text",
        `The plan adds more text than models score in one run (${MAX_BYTES} bytes, ${MAX_UNITS} lines); split it`,
      );
    return { value: { units: this.#units, bytes: this.#bytes, unseen: this.#unseen, binary: this.#binary } };
  }
}

/** The place of an artifact. */
export function placeOf(artifact: PreflightArtifact): Place {
  const file = fileOf(artifact);
  return file === undefined ? { artifact: artifact.name } : { artifact: artifact.name, file };
}
