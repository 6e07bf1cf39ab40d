/**
 * The builtins opa-wasm implements in JavaScript, all of them pure; everything else is either part of the WebAssembly or not
 * there at all (no http.send, no time.now_ns, no rand.intn, no opa.runtime, no trace). A test compares this with the library.
 */
export const HOST_BUILTINS: ReadonlySet<string> = new Set([
  "json.is_valid",
  "regex.split",
  "sprintf",
  "yaml.is_valid",
  "yaml.marshal",
  "yaml.unmarshal",
]);
