/** The encodings a manifest can ask for. */
import type { ModelInput } from "../../schema/index.ts";
import type { Outcome } from "../failure.ts";
import { bytesEncoder } from "./bytes.ts";
import type { Encoder } from "./encoder.ts";
import { featuresEncoder } from "./features.ts";

export type { Encoder, Feed } from "./encoder.ts";

/** `tokenizer` is the file that an input of tokens names, else empty. */
export async function openEncoder(input: ModelInput, tokenizer: Buffer): Promise<Outcome<Encoder>> {
  if (input.encoding === "bytes") return { value: bytesEncoder(input) };
  if (input.encoding === "features") return { value: featuresEncoder(input) };
  const { tokensEncoder } = await import("./tokens.ts");
  return tokensEncoder(input, tokenizer);
}

/** The tensors an input fills, by name. */
export function tensorsOf(input: ModelInput): string[] {
  if (input.encoding !== "tokens") return [input.tensor];
  return [input.tensors.ids, input.tensors.attention_mask, input.tensors.token_type_ids].filter(
    (name) => name !== undefined,
  );
}
