/** Everything the campaign needs of the product's own code, bundled by the campaign. */
export { canonicalJson } from "../../../schema/index.ts";
export { documents } from "./documents.ts";
export { exportSubject, importSubject } from "./exports.ts";
export { files } from "./files.ts";
export { forgedSubject } from "./forgeries.ts";
export { NASTY_TEXTS } from "./mutate.ts";
export { Random } from "./random.ts";
export { attempt } from "./subject.ts";
export { texts } from "./texts.ts";
