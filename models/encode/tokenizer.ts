/**
 * A tokenizer.json of Hugging Face, read by their own library. What that library does not know, or reads otherwise than the
 * original, is refused here rather than tokenized wrongly.
 */
import { failed, type Outcome } from "../failure.ts";

const PROBE = "a";
/** The library's README names these as read otherwise than by the original. */
/** Kinds whose ids are compared with the original's in the tests. */
const KINDS = ["BPE", "WordPiece", "Unigram"];
const DIVERGENT = /"behavior"\s*:\s*"(MergedWithPrevious|MergedWithNext|Contiguous)"/;

/** What is used of the library; its own types do not resolve under Node's rules for modules. */
interface Library {
  encode(text: string, options: { readonly add_special_tokens: boolean }): { readonly ids: readonly number[] };
  get_vocab(withAddedTokens: boolean): ReadonlyMap<string, number>;
}

export interface TextTokenizer {
  /** Ids that stand before and after every window. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly maxId: number;
  /** Ids of a text without those around it. */
  ids(text: string): readonly number[];
}

export async function openTokenizer(json: Buffer): Promise<Outcome<TextTokenizer>> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(json);
    if (DIVERGENT.test(text))
      return failed("tokenizer_invalid", "the tokenizer splits in a way that cannot be reproduced exactly here");
    const parsed = JSON.parse(text);
    if (!KINDS.includes(parsed.model?.type))
      return failed("tokenizer_invalid", `the tokenizer is none of the kinds known here: ${KINDS.join(", ")}`);
    const { Tokenizer } = await import("@huggingface/tokenizers");
    // Truncation and padding are the manifest's; a tokenizer.json may carry those of its training.
    return wrap(new Tokenizer({ ...parsed, truncation: null, padding: null }, {}));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return failed("tokenizer_invalid", `the tokenizer cannot be read: ${why.slice(0, 500)}`);
  }
}

function wrap(tokenizer: Library): Outcome<TextTokenizer> {
  const bare = tokenizer.encode(PROBE, { add_special_tokens: false }).ids;
  const whole = tokenizer.encode(PROBE, { add_special_tokens: true }).ids;
  const start = whole.findIndex((_, at) => bare.every((id, index) => whole[at + index] === id));
  if (bare.length === 0 || start < 0)
    return failed("tokenizer_invalid", "the tokenizer gives no ids, or other ids where it adds its special tokens");
  let maxId = 0;
  for (const id of tokenizer.get_vocab(true).values()) maxId = Math.max(maxId, id);
  return {
    value: {
      before: whole.slice(0, start),
      after: whole.slice(start + bare.length),
      maxId,
      ids: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
    },
  };
}
