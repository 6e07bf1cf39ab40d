import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { type CompactJWSHeaderParameters, CompactSign } from "jose";
import { describe, expect, it } from "vitest";
import { signedHash } from "../../policies/bundle/structured-hash.ts";
import type { BundleOptions } from "../../policies/index.ts";
import { loadPolicyPack } from "../../policies/index.ts";
import type { PolicyBundleVerification } from "../../schema/index.ts";
import { filesOf, fixtureBundle, membersOf, scratchFile, writeBundle } from "./bundles.ts";
import { adding, change, input } from "./input.ts";
import { fixturePack, startJudge } from "./packs.ts";

const RS256: PolicyBundleVerification = { key: fixtureBundle("rs256.pem"), algorithm: "RS256" };
const ES256: PolicyBundleVerification = { key: fixtureBundle("es256.pem"), algorithm: "ES256", scope: "write" };
const HS256: PolicyBundleVerification = { key: fixtureBundle("hs256.secret"), algorithm: "HS256" };
const OWN = generateKeyPairSync("rsa", { modulusLength: 2048 });

async function refusal(file: string, bundle: BundleOptions = {}): Promise<{ failure: unknown; message: string }> {
  const error = await loadPolicyPack(file, bundle).then(
    () => ({ message: "it loads", detail: {} }),
    (thrown: { message: string; detail: Record<string, unknown> }) => thrown,
  );
  return { failure: (error.detail as Record<string, unknown>)["failure"], message: error.message };
}

describe("bundles that opa built", () => {
  it.each<[string, BundleOptions]>([
    ["plain", {}],
    ["rs256", { verify: RS256 }],
    ["es256-scoped", { verify: { ...ES256, keyid: "release" } }],
    ["hs256", { verify: HS256 }],
  ])(
    "judges by %s: helpers of other packages, nested data in JSON and YAML, several entry points",
    async (name, bundle) => {
      const judge = startJudge([{ directory: fixtureBundle(`${name}.tar.gz`), bundle }]);
      const evaluations = await judge.judge(input([adding("a.ts", Array(12).fill("x")), change("b.ts")]));
      expect(evaluations.map(({ policy_id, decision, reason }) => [policy_id, decision, reason])).toEqual([
        [`${name}/main`, "deny", "a.ts adds 12 lines"],
        [`${name}/notes`, "warn", "as told"],
      ]);
      expect(evaluations[0]).toMatchObject({ version: "r1", digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    },
  );

  it("gives its policies the view that governance asks for", async () => {
    const bundle: BundleOptions = { input: { view: "file", include: ["**/*.yaml"] } };
    const judge = startJudge([{ directory: fixtureBundle("plain.tar.gz"), bundle }]);
    const evaluations = await judge.judge(input([change("b.ts")]));
    expect(evaluations.map(({ evidence }) => evidence["documents"])).toEqual([0, 0]);
  });

  it("lets governance override its data, as with any pack", async () => {
    const data = { acme: { note: "otherwise" } };
    const judge = startJudge([{ directory: fixtureBundle("plain.tar.gz"), bundle: {}, data }]);
    expect((await judge.judge(input([])))[1]?.reason).toBe("otherwise");
  });

  it("has another digest under another key, algorithm, scope or view", async () => {
    const file = fixtureBundle("plain.tar.gz");
    const views = (["plan", "file"] as const).map((view) => loadPolicyPack(file, { input: { view } }));
    const packs = [
      loadPolicyPack(file, {}),
      ...views,
      loadPolicyPack(fixtureBundle("rs256.tar.gz"), { verify: RS256 }),
    ];
    const keyid = loadPolicyPack(fixtureBundle("rs256.tar.gz"), { verify: { ...RS256, keyid: "default" } });
    expect(new Set((await Promise.all([...packs, keyid])).map(({ digest }) => digest)).size).toBe(5);
  });

  it("hashes structured documents as opa does: order and layout do not count, numbers count as written", () => {
    const hash = (text: string, name = "x/data.json") => signedHash(name, Buffer.from(text), "SHA-256");
    expect(hash('{"a": 1, "b": [2]}')).toBe(hash('{"b":[2],"a":1}'));
    expect(hash('{"a": 1}')).not.toBe(hash('{"a": 1.0}'));
    expect(hash('{"a": 1}', "a.rego")).not.toBe(hash('{"a":1}', "a.rego"));
  });
});

describe("the signature of a bundle", () => {
  it.each<[string, string, BundleOptions, string, RegExp]>([
    ["is missing", "plain", { verify: RS256 }, "signature_missing", /is not signed, and governance names a key/],
    ["is there and no key is named", "rs256", {}, "signature_invalid", /is signed, and governance names no key/],
    ["is by another key", "rs256", { verify: { ...ES256, scope: "" } }, "signature_invalid", /ES256 do not verify/],
    ["is by another algorithm", "hs256", { verify: RS256 }, "signature_invalid", /RS256 do not verify/],
    [
      "would be checked with a public key as secret",
      "rs256",
      { verify: { ...RS256, algorithm: "HS256" } },
      "signature_invalid",
      /the key file is in PEM/,
    ],
    ["is for another scope", "rs256", { verify: { ...RS256, scope: "write" } }, "signature_invalid", /another scope/],
    [
      "has a scope nobody asked for",
      "es256-scoped",
      { verify: { key: ES256.key, algorithm: "ES256" } },
      "signature_invalid",
      /another scope/,
    ],
    ["is by another key id", "rs256", { verify: { ...RS256, keyid: "mine" } }, "signature_invalid", /key id mine/],
    [
      "has a key file without a key",
      "rs256",
      { verify: { ...RS256, key: fixtureBundle("make.mjs") } },
      "signature_invalid",
      /holds no public key|private key/,
    ],
    [
      "has a key file that is not there",
      "rs256",
      { verify: { ...RS256, key: "/nowhere.pem" } },
      "signature_invalid",
      /lacks/,
    ],
  ])("is refused where it %s", async (_, name, options, failure, message) => {
    const refused = await refusal(fixtureBundle(`${name}.tar.gz`), options);
    expect(refused).toEqual({ failure, message: expect.stringMatching(message) });
  });

  it.each<[string, (files: Map<string, Buffer>) => void, RegExp]>([
    [
      "a file is changed",
      (files) => files.set("policy.wasm", Buffer.from("other")),
      /another policy\.wasm than was signed/,
    ],
    ["data is changed", (files) => files.set("data.json", Buffer.from('{"acme":{}}')), /another data\.json/],
    ["data is no JSON", (files) => files.set("data.json", Buffer.from("{")), /data\.json, which is not JSON/],
    [
      "a file is added",
      (files) => files.set("acme/data.json", Buffer.from("{}")),
      /acme\/data\.json, which its signature/,
    ],
    ["a file is missing", (files) => files.delete("notes.rego"), /lacks notes\.rego/],
    ["there are two tokens", (files) => edit(files, (document) => document.signatures.push("x")), /not exactly one/],
    ["a plugin is asked for", (files) => edit(files, (document) => Object.assign(document, { plugin: "x" })), /plugin/],
    [
      "the token is cut",
      (files) => edit(files, (document) => document.signatures.splice(0, 1, "a.b")),
      /do not verify/,
    ],
    ["its file is no JSON", (files) => files.set(".signatures.json", Buffer.from("{")), /not JSON/],
  ])("is refused where %s", async (_, change_, message) => {
    const files = await filesOf("rs256.tar.gz");
    change_(files);
    const refused = await refusal(await writeBundle(membersOf(files)), { verify: RS256 });
    expect(refused).toEqual({ failure: "signature_invalid", message: expect.stringMatching(message) });
  });

  it("verifies documents whose keys are in another order, since their content is what was signed", async () => {
    const files = await filesOf("rs256.tar.gz");
    const text = files.get("data.json")?.toString() ?? "";
    files.set("data.json", Buffer.from(text.replace(/"b":1\.50,"insertions":10/, '\n"insertions" : 10, "b":1.50')));
    expect(files.get("data.json")?.toString()).not.toBe(text);
    await expect(loadPolicyPack(await writeBundle(membersOf(files)), { verify: RS256 })).resolves.toBeTruthy();
  });

  it("believes no token that names `none`, or an HMAC with the public key as its secret", async () => {
    const files = await filesOf("plain.tar.gz");
    const claims = claimsOf(files);
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const publicPem = OWN.publicKey.export({ type: "spki", format: "pem" }).toString();
    const verify: PolicyBundleVerification = { key: scratchFile("own.pem", publicPem), algorithm: "RS256" };
    const confused = await new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: "HS256" })
      .sign(new TextEncoder().encode(publicPem));
    for (const token of [`${encode({ alg: "none" })}.${encode(claims)}.`, confused]) {
      const refused = await refusal(await signed(files, token), { verify });
      expect(refused).toEqual({ failure: "signature_invalid", message: expect.stringMatching(/RS256 do not verify/) });
    }
  });

  it.each<[string, object, RegExp]>([
    ["MD5", { algorithm: "MD5" }, /the digest MD5, which is not accepted/],
    ["SHA-1", { algorithm: "SHA-1" }, /the digest SHA-1, which is not accepted/],
    ["no digest algorithm", { algorithm: undefined }, /without name, hash and algorithm/],
  ])("is refused with %s, although the key is right", async (_, entry, message) => {
    const files = await filesOf("plain.tar.gz");
    const [first, ...others] = claimsOf(files).files;
    const { file, verify } = await signOwn(files, { files: [{ ...first, ...entry }, ...others] });
    expect(await refusal(file, { verify })).toMatchObject({ message: expect.stringMatching(message) });
  });

  it("is refused where it names no files, or one file twice", async () => {
    const files = await filesOf("plain.tar.gz");
    const named = claimsOf(files).files;
    for (const [claims, message] of [
      [{}, /names no files/],
      [{ files: [...named, named[0]] }, /lacks .*, which its signature names/],
    ] as const) {
      const { file, verify } = await signOwn(files, claims);
      expect(await refusal(file, { verify })).toMatchObject({ message: expect.stringMatching(message) });
    }
  });

  it("verifies with any of the longer digests", async () => {
    const files = await filesOf("plain.tar.gz");
    const entries = [...files].map(([name, bytes]) => ({
      name,
      hash: signedHash(name, bytes, "SHA-512-256"),
      algorithm: "SHA-512-256",
    }));
    const { file, verify } = await signOwn(files, { files: entries });
    await expect(loadPolicyPack(file, { verify })).resolves.toMatchObject({ version: "r1" });
  });
});

describe("a bundle that is not as opa builds it is refused", () => {
  it.each<[string, readonly Parameters<typeof writeBundle>[0][number][], RegExp]>([
    ["a name that leads out of it", [{ name: "../policy.wasm" }], /no plain name/],
    ["a name that leads out further in", [{ name: "/a/../../b" }], /no plain name/],
    ["a name with an empty part", [{ name: "//etc/passwd" }], /no plain name/],
    ["a name with a backslash", [{ name: "a\\b" }], /no plain name/],
    ["a symbolic link", [{ name: "data.json", type: "symlink", linkname: "/etc/passwd" }], /which is a symlink/],
    ["a hard link", [{ name: "data.json", type: "link", linkname: "policy.wasm" }], /which is a link/],
    ["a device", [{ name: "data.json", type: "character-device" }], /which is a character-device/],
    ["a pipe", [{ name: "data.json", type: "fifo" }], /which is a fifo/],
    [
      "one name twice",
      [
        { name: "/data.json", content: "{}" },
        { name: "data.json", content: "{}" },
      ],
      /data\.json twice/,
    ],
    ["no manifest", [{ name: "data.json", content: "{}" }], /has no \.manifest/],
    ["a manifest that is no JSON", [{ name: ".manifest", content: "{" }], /\.manifest is not JSON/],
    ["a manifest without WebAssembly", [{ name: ".manifest", content: '{"revision":""}' }], /names no WebAssembly/],
    ["a change of another bundle", [{ name: "patch.json", content: "{}" }], /a delta bundle/],
  ])("%s", async (_, members, message) => {
    const refused = await refusal(await writeBundle(members));
    expect(refused).toEqual({ failure: "bundle_invalid", message: expect.stringMatching(message) });
  });

  it.each<[string, (files: Map<string, Buffer>) => void, RegExp]>([
    ["WebAssembly that is not there", (files) => files.delete("policy.wasm"), /lacks policy\.wasm/],
    ["data outside of its roots", manifest({ roots: ["main", "notes"] }), /data at acme, which its manifest's roots/],
    ["an entry point outside of its roots", manifest({ roots: ["acme", "main"] }), /entry point notes outside/],
    ["two modules", manifest({ wasm: [resolver("main", "a"), resolver("notes", "b")] }), /several WebAssembly modules/],
    ["an entry point without a name", manifest({ wasm: [{ module: "policy.wasm" }] }), /has no name/],
    ["roots that are no texts", manifest({ roots: [1] }), /revision or roots are no texts/],
    ["data that is no object", (files) => files.set("data.json", Buffer.from("[]")), /data\.json is not an object/],
    [
      "data that contradict",
      (files) => files.set("acme/data.json", Buffer.from('{"note":1}')),
      /another thing of note/,
    ],
    [
      "YAML data that does not parse",
      (files) => files.set("a/data.yaml", Buffer.from("a: [")),
      /cannot be read as YAML/,
    ],
  ])("%s", async (_, change_, message) => {
    const files = await filesOf("plain.tar.gz");
    change_(files);
    expect(await refusal(await writeBundle(membersOf(files)))).toMatchObject({
      message: expect.stringMatching(message),
    });
  });

  it("unpacks to more than a policy may be", async () => {
    const file = scratchFile("bomb.tar.gz", gzipSync(Buffer.alloc(129 * 1024 * 1024), { level: 1 }));
    expect(await refusal(file)).toMatchObject({
      failure: "bundle_invalid",
      message: expect.stringMatching(/unpacks to/),
    });
  });

  it("is no archive, or one that ends in the middle", async () => {
    const file = scratchFile("a.tar.gz", "not an archive");
    expect((await refusal(file)).message).toMatch(/not a gzip-compressed archive/);
    writeFileSync(file, gzipSync(Buffer.from("also not an archive".repeat(100))));
    expect((await refusal(file)).message).toMatch(/not a tar archive that can be read/);
  });

  it("denies as one pack among others that judge all the same", async () => {
    const packs = [{ directory: scratchFile("a.tar.gz", "x"), bundle: {} }, { directory: fixturePack("each-file") }];
    const evaluations = await startJudge(packs).judge(input([]));
    expect(evaluations.map(({ failure }) => failure)).toEqual(["bundle_invalid", undefined, undefined, undefined]);
  });
});

function edit(files: Map<string, Buffer>, change_: (document: { signatures: string[] }) => void): void {
  const document = JSON.parse(files.get(".signatures.json")?.toString() ?? "");
  change_(document);
  files.set(".signatures.json", Buffer.from(JSON.stringify(document)));
}

function manifest(changes: object) {
  return (files: Map<string, Buffer>): void => {
    const document = JSON.parse(files.get(".manifest")?.toString() ?? "");
    files.set(".manifest", Buffer.from(JSON.stringify({ ...document, ...changes })));
  };
}

function resolver(entrypoint: string, module: string) {
  return { entrypoint, module };
}

function claimsOf(files: ReadonlyMap<string, Buffer>) {
  const entry = ([name, bytes]: [string, Buffer]) => ({
    name,
    hash: signedHash(name, bytes, "SHA-256"),
    algorithm: "SHA-256",
  });
  return { files: [...files].map(entry) };
}

function signed(files: ReadonlyMap<string, Buffer>, token: string): Promise<string> {
  const document = Buffer.from(JSON.stringify({ signatures: [token] }));
  return writeBundle(membersOf(new Map([...files, [".signatures.json", document]])));
}

/** Signed by a key of the test's own. */
async function signOwn(files: ReadonlyMap<string, Buffer>, claims: object) {
  const token = await tokenOf(claims, OWN.privateKey, { alg: "RS256" });
  const key = scratchFile("own.pem", OWN.publicKey.export({ type: "spki", format: "pem" }));
  const verify: PolicyBundleVerification = { key, algorithm: "RS256" };
  return { file: await signed(files, token), verify };
}

function tokenOf(claims: object, key: KeyObject, header: CompactJWSHeaderParameters): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader(header).sign(key);
}
