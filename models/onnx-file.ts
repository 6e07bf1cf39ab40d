/**
 * Looks into a model's protocol buffer before onnxruntime does: weights that lie in other files are refused here, so that no
 * name in a model ever leads to a file. Follows only what can hold tensors; never copies, never recurses without bound.
 */
type Kind = "model" | "graph" | "node" | "attribute" | "tensor" | "sparse" | "function" | "training";

/** Fields that lead on, by the message they are in (onnx.proto). */
const FIELDS: Readonly<Record<Kind, Readonly<Record<number, Kind>>>> = {
  model: { 7: "graph", 20: "training", 25: "function" },
  graph: { 1: "node", 5: "tensor", 15: "sparse" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse" },
  sparse: { 1: "tensor", 2: "tensor" },
  function: { 7: "node", 11: "attribute" },
  training: { 1: "graph", 2: "graph" },
  tensor: {},
};
const EXTERNAL_DATA = 13;
const DATA_LOCATION = 14;
const MAX_DEPTH = 64;
const OUTSIDE = "it keeps external data, weights in files beside it; save the model as one file";
const MALFORMED = "onnxruntime cannot load the model: it is no ONNX file";

/** Why a model is not to be loaded: it leads outside of itself, or is none. Undefined where it is whole. */
export function outsideReference(model: Uint8Array): string | undefined {
  const bytes = Buffer.from(model.buffer, model.byteOffset, model.byteLength);
  try {
    return leadsOutside(bytes, 0, bytes.length, "model", 0) ? OUTSIDE : undefined;
  } catch (error) {
    if (error instanceof RangeError) return MALFORMED;
    throw error;
  }
}

function leadsOutside(bytes: Buffer, start: number, end: number, kind: Kind, depth: number): boolean {
  if (depth > MAX_DEPTH) throw new RangeError("nested too deep");
  let at = start;
  while (at < end) {
    const [tag, afterTag] = varint(bytes, at, end);
    const field = Math.floor(tag / 8);
    const [from, to] = extent(bytes, afterTag, end, tag % 8);
    if (kind === "tensor" && field === EXTERNAL_DATA) return true;
    if (kind === "tensor" && field === DATA_LOCATION && bytes[from] !== 0) return true;
    const inner = FIELDS[kind][field];
    if (inner && tag % 8 === 2 && leadsOutside(bytes, from, to, inner, depth + 1)) return true;
    at = to;
  }
  return false;
}

/** Where a field's value begins and ends. */
function extent(bytes: Buffer, at: number, end: number, wire: number): [number, number] {
  if (wire === 0) return [at, varint(bytes, at, end)[1]];
  if (wire === 1) return bounded(at, at + 8, end);
  if (wire === 5) return bounded(at, at + 4, end);
  if (wire !== 2) throw new RangeError("no such wire type");
  const [length, from] = varint(bytes, at, end);
  return bounded(from, from + length, end);
}

function bounded(from: number, to: number, end: number): [number, number] {
  if (to > end) throw new RangeError("cut short");
  return [from, to];
}

function varint(bytes: Buffer, at: number, end: number): [number, number] {
  let value = 0;
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined || at + index >= end) throw new RangeError("cut short");
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return [value, at + index + 1];
  }
  throw new RangeError("a number without end");
}
