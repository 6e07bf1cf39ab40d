/**
 * The compiled part of onnxruntime, as npm installed it. Its JavaScript is part of the model process (bin/build.mjs), and fits
 * the compiled part of its own version only.
 */
import { createRequire } from "node:module";

/** Throws where it is not installed for this machine, or not in `version`. */
export function runtimeBinding(version: string): unknown {
  const find = createRequire(import.meta.url);
  const installed = (find("onnxruntime-node/package.json") as { version: string }).version;
  if (installed !== version)
    throw new Error(`onnxruntime-node ${installed} is installed, but this program was built for ${version}`);
  return find(`onnxruntime-node/bin/napi-v6/${process.platform}/${process.arch}/onnxruntime_binding.node`);
}
