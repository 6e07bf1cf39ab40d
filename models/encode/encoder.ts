/** From units to tensors. An encoder cuts a unit into windows, writes windows into rows and gives the rows to the model. */
import type { Outcome } from "../failure.ts";

export interface Feed {
  readonly tensor: string;
  readonly dtype: "int64" | "int32" | "float32" | "float64";
  readonly data: Int32Array | BigInt64Array | Float32Array | Float64Array;
  readonly dims: readonly number[];
}

export interface Encoder {
  /** Rows of every tensor: always the same, so that there is one way of computing. */
  readonly rows: number;
  /** The windows of a unit, at least one, as bytes; equal windows get equal scores and are run once. */
  cut(unit: Buffer): Outcome<readonly Uint8Array[]>;
  write(row: number, window: Uint8Array): void;
  feeds(): readonly Feed[];
  /** A window that only a model fitting this encoder can run, where there is such a thing. */
  readonly probe?: Uint8Array;
}
