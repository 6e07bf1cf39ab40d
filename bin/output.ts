/** What becomes of a command when its output goes nowhere: a pipe's reader went away (`| head`), a disk is full. */
type Output = Pick<NodeJS.WriteStream, "on">;

let driving = 0;

/** While a run is driven nothing is printed that it depends on: it goes on to where it would have gone with a reader. */
export async function outlivingReaders<T>(work: () => Promise<T>): Promise<T> {
  driving += 1;
  try {
    return await work();
  } finally {
    driving -= 1;
  }
}

/**
 * Text for people may be lost. A result may not, unless its reader wanted no more of it: then `end` is called, as if everything
 * had been read. The function given back tells why a result could not be written.
 */
export function guardOutput(streams: { stdout: Output; stderr: Output }, end: () => void): () => string | undefined {
  let lost: string | undefined;
  streams.stderr.on("error", () => {});
  streams.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") lost ??= error.message;
    else if (driving === 0) end();
  });
  return () => lost;
}
