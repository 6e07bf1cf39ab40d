import type Database from "better-sqlite3";
import { errnoOf } from "../../../schema/index.ts";
import { compiledPart, driverNeed, NAPI_DRIVER, napiDriver, PLAIN_DRIVER, plainDriver, unusable } from "./driver.ts";

type Open = (file: string, options: Database.Options) => Database.Database;

let open: Open | undefined;

/** Opens a SQLite file; throws what better-sqlite3 throws, and `state_unusable` where the release of it that Node needs is missing. */
export function openSqlite(file: string, options: Database.Options = {}): Database.Database {
  open ??= opener();
  return open(file, options);
}

function opener(): Open {
  const Database13 = napiDriver(driverNeed(process.versions));
  if (Database13) return loading(NAPI_DRIVER, (file, options) => new Database13(file, options));
  const Database12 = plainDriver();
  const nativeBinding = compiledPart();
  return loading(PLAIN_DRIVER, (file, options) => new Database12(file, { ...options, nativeBinding }));
}

/** Both load their compiled part when the first database is opened. */
function loading(driver: typeof NAPI_DRIVER | typeof PLAIN_DRIVER, openFile: Open): Open {
  return (file, options) => {
    try {
      return openFile(file, options);
    } catch (error) {
      const missing = ["ERR_DLOPEN_FAILED", "MODULE_NOT_FOUND"].includes(errnoOf(error) ?? "");
      throw missing ? unusable(driver, error) : error;
    }
  };
}
