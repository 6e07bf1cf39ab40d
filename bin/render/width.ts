/**
 * Columns that one line of our own help takes: its characters. Stands in for string-width inside the bundle (bin/build.mjs),
 * whose Unicode tables cost a cold start 25 ms; help texts are plain ASCII and `…`.
 */
export function stringWidth(text: string): number {
  return [...text].length;
}

// The bundled parser imports the package's default export.
export { stringWidth as default };
