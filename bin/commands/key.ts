import path from "node:path";
import type { ListedKey } from "../../orchestrator/index.ts";
import { EXIT } from "../../schema/index.ts";
import { loadLibrary } from "../crew.ts";
import { renderKeys, renderNewKey } from "../render/keys.ts";
import { configDirectory } from "../surroundings.ts";
import { group, type OptionSet, verb } from "../verb.ts";

const DIRECTORY = {
  directory: {
    type: "string",
    requiresArg: true,
    describe: "Where the key files are (else keys/ in the user's configuration)",
  },
} as const satisfies OptionSet;

const directoryOf = (flag: string | undefined) =>
  flag === undefined ? path.join(configDirectory(process.env), "keys") : path.resolve(flag);

const generate = verb({
  usage: "generate <name>",
  summary: "Make a key pair to approve with; the private file stays with its owner",
  examples: [["cabincrew key generate ada", "Writes ada.pem (private) and ada.pub, the text for the authority file"]],
  positionals: {
    name: { type: "string", demandOption: true, describe: "File name of the new key; nothing is overwritten" },
  },
  options: DIRECTORY,
  async run(args, screen) {
    const library = await loadLibrary();
    const key = library.generateApproverKey();
    const files = library.writeKey(directoryOf(args.directory), args.name, key);
    const made = {
      key_id: key.keyId,
      public: key.publicText,
      private_file: files.privateFile,
      public_file: files.publicFile,
    };
    if (screen.json) screen.document(made);
    else screen.result(renderNewKey(made, screen.out));
    return EXIT.ok;
  },
});

const list = verb({
  usage: "list",
  summary: "List the keys to approve with on this machine",
  examples: [["cabincrew key list", "Name, id and public text of each; a key that cannot be used says why"]],
  options: DIRECTORY,
  async run(args, screen) {
    const directory = directoryOf(args.directory);
    const keys = (await loadLibrary()).listKeys(directory);
    if (screen.json) screen.document({ directory, keys: keys.map(documentOf) });
    else if (keys.length > 0) screen.result(renderKeys(keys, screen.out));
    else screen.tell(`No keys in ${directory}.`);
    return EXIT.ok;
  },
});

/** As `key generate` names the same things. */
function documentOf(key: ListedKey): Record<string, string> {
  const { name, file: private_file } = key;
  if ("problem" in key) return { name, private_file, problem: key.problem };
  return { name, private_file, key_id: key.keyId, public: key.publicText };
}

export const key = group("key", "Make and list the keys that people approve with", [generate, list]);
