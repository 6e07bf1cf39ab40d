/** The release of better-sqlite3 that this Node can use (orchestrator/store/sqlite/driver.ts), for programs of tests that look into databases. */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
export const Database = require(Number(process.versions.napi) >= 10 ? "better-sqlite3-napi" : "better-sqlite3");
