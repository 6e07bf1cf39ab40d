/**
 * Where the windows of something of `size` begin. Together they cover all of it: the last one ends where it ends, and a
 * stride above the window's length is cut down to it.
 */
export function windowStarts(size: number, length: number, stride = Math.ceil(length / 2)): number[] {
  const step = Math.min(stride, length);
  const starts: number[] = [];
  for (let start = 0; start + length < size; start += step) starts.push(start);
  starts.push(Math.max(0, size - length));
  return starts;
}
