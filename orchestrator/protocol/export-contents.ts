/** The exported document and behind it, a line for each piece, the contents that the run names: logs, review, bodies. */
import type { JsonObject } from "../../schema/index.ts";
import { PIECE_BYTES, pieceLine } from "../integrity/carried.ts";
import { namedContents } from "../integrity/named-contents.ts";
import { type Exportable, exportHistory } from "./export-run.ts";

/**
 * Lines without their line feed, the first of them what `exportRun` gives. Contents are read piece by piece while the lines are asked
 * for. Throws as `exportRun` does; ledger_corrupt also in the middle, for content that is not what its name says.
 */
export async function* exportLines(
  crew: Exportable,
  ref: string,
  write: (document: JsonObject) => string = JSON.stringify,
): AsyncIterable<string> {
  const { content, document, history } = await exportHistory(crew, ref);
  yield write(document);
  for (const sha256 of namedContents(history.run, history.planned, history.outputs).keys()) {
    let offset = 0;
    let held: Buffer = Buffer.alloc(0);
    for await (const chunk of (await content.openStream(sha256)) as AsyncIterable<Buffer>) {
      held = Buffer.concat([held, chunk]);
      // One piece stays behind: only at the end is known which is the last, and that all of them were right.
      for (; held.length > PIECE_BYTES; held = held.subarray(PIECE_BYTES)) {
        yield pieceLine({ sha256, offset, last: false, data: held.subarray(0, PIECE_BYTES) });
        offset += PIECE_BYTES;
      }
    }
    yield pieceLine({ sha256, offset, last: true, data: held });
  }
}
