/**
 * Stands in for `y18n` in the bundle, where it would look for translations in a directory `locales` beside the package's own: that is
 * somebody else's place, and what lay there would word our refusals. Texts stay as yargs has them.
 */
import { format } from "node:util";

const LOCALE = "en";

function translated(text: string, ...values: readonly unknown[]): string {
  return format(text, ...values);
}

function counted(one: string, more: string, count: number, ...values: readonly unknown[]): string {
  const text = count === 1 ? one : more;
  return format(text, ...(text.includes("%d") ? [count] : []), ...values);
}

/** What yargs asks of y18n, under its names. */
export default function untranslated() {
  return {
    __: translated,
    __n: counted,
    getLocale: () => LOCALE,
    setLocale: () => undefined,
    updateLocale: () => undefined,
    locale: LOCALE,
  };
}
