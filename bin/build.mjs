// Bundles the command line, the library and every program of its own into dist/, so that a cold start reads few files.
//   node bin/build.mjs
import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
/** Programs by the name `programFile()` finds them under. */
const programs = {
	cli: "bin/main.ts",
	"policies-worker": "policies/worker.ts",
	"models-child": "models/child.ts",
	"engines-exec": "engines/exec/program.ts",
	"engines-command": "engines/command/program.ts",
};
const present = Object.entries(programs).filter(([, file]) =>
	existsSync(path.join(root, file)),
);

const common = {
	absWorkingDir: root,
	bundle: true,
	platform: "node",
	target: "node20",
	external: ["better-sqlite3", "onnxruntime-node"],
	logLevel: "warning",
	legalComments: "none",
};
rmSync(path.join(root, "dist"), { recursive: true, force: true });
mkdirSync(path.join(root, "dist"), { recursive: true });
await build({
	...common,
	entryPoints: Object.fromEntries(present),
	format: "cjs",
	outdir: "dist",
	outExtension: { ".js": ".cjs" },
	minifySyntax: true,
	define: { "import.meta.url": "__moduleUrl" },
	banner: {
		js: 'const __moduleUrl = require("node:url").pathToFileURL(__filename).href;',
	},
});
if (existsSync(path.join(root, "orchestrator/index.ts"))) {
	await build({
		...common,
		entryPoints: { index: "orchestrator/index.ts" },
		format: "esm",
		splitting: true,
		outdir: "dist",
		outExtension: { ".js": ".mjs" },
		packages: "external",
	});
}
