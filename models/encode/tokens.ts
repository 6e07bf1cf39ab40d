/** Encoding `tokens`: ids of a tokenizer in windows, each with the tokenizer's special tokens, a mask and token types beside. */
import type { ModelTokensInput } from "../../schema/index.ts";
import { failed, type Outcome } from "../failure.ts";
import { Cells } from "./cells.ts";
import type { Encoder } from "./encoder.ts";
import { openTokenizer, type TextTokenizer } from "./tokenizer.ts";
import { windowStarts } from "./windows.ts";

const DEFAULT_BATCH = 32;

/** Fails where the tokenizer cannot be used, or does not fit the manifest's `length` and `vocab_size`. */
export async function tokensEncoder(input: ModelTokensInput, json: Buffer): Promise<Outcome<Encoder>> {
  const opened = await openTokenizer(json);
  if ("failure" in opened) return opened;
  const { before, after, maxId } = opened.value;
  const room = input.length - before.length - after.length;
  const vocabulary = input.tokenizer.vocab_size;
  if (room < 1)
    return failed("tokenizer_invalid", `a window of ${input.length} tokens has no room beside the special tokens`);
  if (vocabulary !== undefined && maxId >= vocabulary)
    return failed("tokenizer_invalid", `the tokenizer has the id ${maxId}, the model knows only ${vocabulary} tokens`);
  return { value: encoderOf(input, opened.value, room) };
}

function encoderOf(input: ModelTokensInput, tokenizer: TextTokenizer, room: number): Encoder {
  const { length, stride, pad = 0, dtype, tensors, batch: rows = DEFAULT_BATCH } = input;
  const cells = (name: string | undefined) => (name === undefined ? [] : [new Cells(name, dtype, rows, length)]);
  const ids = cells(tensors.ids);
  const mask = cells(tensors.attention_mask);
  // Token types tell the first text of a pair from the second; here is one text, so all stay 0.
  const types = cells(tensors.token_type_ids);
  const windowOf = (part: readonly number[]) => bytesOf([...tokenizer.before, ...part, ...tokenizer.after]);
  return {
    rows,
    cut(unit) {
      const all = tokenizer.ids(unit.toString("utf8"));
      if (!all.every((id) => Number.isInteger(id) && id >= 0 && id <= tokenizer.maxId))
        return failed("tokenizer_invalid", "the tokenizer gave something that is no id of its vocabulary");
      const starts = windowStarts(all.length, room, stride);
      return { value: starts.map((start) => windowOf(all.slice(start, start + room))) };
    },
    write(row, window) {
      const given = new DataView(window.buffer, window.byteOffset, window.byteLength);
      for (let index = 0; index < length; index += 1) {
        const isToken = 4 * index < given.byteLength;
        for (const cell of ids) cell.set(row * length + index, isToken ? given.getInt32(4 * index, true) : pad);
        for (const cell of mask) cell.set(row * length + index, isToken ? 1 : 0);
      }
    },
    feeds: () => [...ids, ...mask, ...types].map((cell) => cell.feed()),
    probe: windowOf([tokenizer.maxId]),
  };
}

function bytesOf(ids: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * ids.length);
  const view = new DataView(bytes.buffer);
  for (const [index, id] of ids.entries()) view.setInt32(4 * index, id, true);
  return bytes;
}
