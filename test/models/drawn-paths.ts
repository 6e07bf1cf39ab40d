// Lines with names drawn at random in paths, from fixed seeds: harmless ones by kind, and ones with a made-up secret beside such a path.

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
const HEX = "0123456789abcdef";
const ALNUM = `${LOWER}${LOWER.toUpperCase()}${DIGITS}`;
const NIX = "0123456789abcdfghijklmnpqrsvwxyz";
const POD = "bcdfghjklmnpqrstvwxz2456789";
const WORDS = "diary ledger parser widget billing search gateway report shipping catalog fixture loader renderer".split(
  " ",
);
const EXTENSIONS = "log js json py txt o map".split(" ");

/** Draws characters, words and numbers, the same ones for the same seed (mulberry32). */
export function drawing(seed: number) {
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const number = (below: number) => Math.floor(random() * below);
  const draw = (alphabet: string, size: number) => {
    let text = "";
    for (let index = 0; index < size; index += 1) text += alphabet[number(alphabet.length)];
    return text;
  };
  const one = <Item>(items: readonly Item[]) => items[number(items.length)] as Item;
  const hex = (size: number) => draw(HEX, size);
  const word = () => one(WORDS);
  return {
    number,
    draw,
    one,
    hex,
    word,
    alnum: (size: number) => draw(ALNUM, size),
    low: (size: number) => draw(LOWER + DIGITS, size),
    python: () => draw(`${LOWER}${DIGITS}_`, 8),
    url: (size: number) => draw(`${ALNUM}-_`, size),
    file: () => `${word()}.${one(EXTENSIONS)}`,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    pod: () => `${word()}-${draw(POD, 9)}-${draw(POD, 5)}`,
  };
}

type Make = (d: ReturnType<typeof drawing>) => string;

/** By kind: harmless lines in which a path, or what goes by as one, has a name drawn at random. */
const HARMLESS: Readonly<Record<string, readonly Make[]>> = {
  "temporary directories": [
    (d) => `cat: /tmp/tmp.${d.alnum(10)}/home/diary: No such file or directory`,
    (d) => `cat: /tmp/cabincrew-cli-${d.alnum(6)}/home/diary: No such file or directory`,
    (d) => `wrote /var/folders/zz/${d.low(26)}/T/build-${d.alnum(6)}/out.log`,
    (d) => `Error: ENOENT: no such file or directory, open '/tmp/${d.word()}-${d.alnum(6)}/state/${d.file()}'`,
  ],
  "tests' traces": [
    (d) => `    at Object.run (/tmp/vitest-${d.alnum(8)}/${d.word()}.ts:${d.number(300)}:${d.number(80)})`,
    (d) => `    at async file:///tmp/${d.word()}-${d.alnum(6)}/dist/${d.word()}.mjs:${d.number(900)}:${d.number(40)}`,
    (d) => `E   FileNotFoundError: [Errno 2] No such file or directory: '/tmp/tmp${d.python()}/${d.file()}'`,
    (d) => `tmp_path = PosixPath('/tmp/pytest-of-runner/pytest-${d.number(200)}/test_${d.word()}_${d.word()}0')`,
    (d) => `  Preparing metadata: /tmp/pip-install-${d.python()}/${d.word()}_${d.hex(32)}/setup.py`,
  ],
  "Nix, Bazel and ccache": [
    (d) => `/nix/store/${d.draw(NIX, 32)}-bash-5.2/bin/bash`,
    (d) => `building '/nix/store/${d.draw(NIX, 32)}-${d.word()}-1.${d.number(30)}.drv'...`,
    (d) => `ERROR: /home/ci/.cache/bazel/_bazel_ci/${d.hex(32)}/external/${d.word()}/BUILD.bazel:9:1: no such target`,
    (d) => `/home/ci/.cache/ccache/${d.hex(1)}/${d.hex(1)}/${d.draw(DIGITS + LOWER.slice(0, 22), 30)}R`,
  ],
  "containers and pods": [
    (d) => `/var/lib/docker/overlay2/${d.hex(64)}/merged/usr/lib/${d.word()}.so`,
    (d) =>
      `lowerdir=/var/lib/docker/overlay2/l/${d.low(26).toUpperCase()},upperdir=/var/lib/docker/overlay2/${d.low(25)}/diff`,
    (d) => `tail: /var/lib/docker/containers/${d.hex(64)}/${d.hex(64)}-json.log: file truncated`,
    (d) => `${d.pod()}   1/1     Running   ${d.number(5)}   ${d.number(60)}d`,
    (d) => `pod/${d.pod()} condition met`,
  ],
  "stores of packages and of git": [
    (d) =>
      `node_modules/.pnpm/${d.word()}@4.${d.number(20)}.1_${d.draw(`${LOWER}234567`, 26)}/node_modules/${d.word()}/index.js`,
    (d) => `/home/ci/.local/share/pnpm/store/v3/files/${d.hex(2)}/${d.hex(126)}`,
    (d) => `/root/.cache/uv/archive-v0/${d.url(21)}/${d.word()}/__init__.py`,
    (d) => `.git/objects/pack/pack-${d.hex(40)}.idx`,
    (d) => `error: object file .git/objects/${d.hex(2)}/${d.hex(38)} is empty`,
    (d) => `fatal: cannot write /srv/git/${d.word()}.git/objects/pack/tmp_pack_${d.alnum(6)}: No space left on device`,
  ],
  "chunks and keys of objects": [
    (d) => `.next/static/chunks/${d.number(900)}-${d.hex(16)}.js`,
    (d) => `dist/assets/${d.word()}-${d.url(8)}.js   ${d.number(300)}.12 kB │ gzip: ${d.number(90)}.03 kB`,
    (d) => `<script src="/_next/static/${d.url(21)}/_buildManifest.js" defer=""></script>`,
    (d) => `upload: build/${d.word()}.tgz to s3://acme-artifacts/${d.word()}/${d.hex(40)}/${d.word()}.tgz`,
    (d) => `s3://acme-logs/AWSLogs/${d.draw(DIGITS, 12)}/2025/11/0${d.number(9)}/${d.word()}_${d.alnum(16)}.json.gz`,
    (d) =>
      `2025-11-02 10:04:17 ${d.number(90_000)} ${d.word()}/year=2025/part-0000${d.number(9)}-${d.uuid()}-c000.snappy.parquet`,
  ],
  "Windows paths": [
    (d) => `C:\\Users\\dev\\AppData\\Local\\Temp\\${d.word()}-${d.alnum(6)}\\${d.file()}`,
    (d) => `Could not find a part of the path 'C:\\Users\\dev\\AppData\\Local\\Temp\\${d.low(8)}.${d.low(3)}'.`,
    (d) => `Deleting D:\\a\\_temp\\${d.uuid()}\\${d.word()}.zip`,
  ],
  "compilers, kernels and builds": [
    (d) => `/tmp/${d.word()}-${d.alnum(6)}/src/${d.word()}.c:${d.number(900)}:7: error: expected ';' before '}' token`,
    (d) => `/usr/bin/ld: /tmp/cc${d.alnum(6)}.o: in function \`main': undefined reference to \`${d.word()}_init'`,
    (d) =>
      `${d.word()}[${d.number(30_000)}]: segfault at 0 ip 0000${d.hex(12)} error 4 in tmp.${d.alnum(10)}[400000+1000]`,
    (d) => `oom-kill:constraint=CONSTRAINT_MEMCG,oom_memcg=/kubepods/burstable/pod${d.uuid()},task=${d.word()},pid=7`,
    (d) => `+ cd /tmp/${d.word()}.${d.alnum(8)} && make -j4 ${d.word()}`,
    (d) => `Running unittests src/lib.rs (target/debug/deps/${d.word()}-${d.hex(16)})`,
    (d) => `go: writing /tmp/go-build${d.draw(DIGITS, 10)}/b001/_pkg_.a: write failed`,
    (d) => `export TMPDIR=/tmp/${d.word()}-${d.word()}-${d.alnum(8)}`,
  ],
};

/** Lines with a made-up secret, and a path with a name drawn at random before or after it. */
const SECRET: readonly Make[] = [
  (d) => `curl https://api.acme.dev/${d.word()}/export?token=${d.alnum(40)} -o /tmp/tmp.${d.alnum(10)}/export.json`,
  (d) => `/tmp/${d.word()}-${d.alnum(6)}/.npmrc:_authToken=${d.uuid()}`,
  (d) => `/tmp/tmp.${d.alnum(10)}/.npmrc://registry.npmjs.org/:_authToken=npm_${d.alnum(36)}`,
  (d) => `/tmp/${d.word()}-${d.alnum(6)}/.env:3:DB_PASSWORD=${d.alnum(18)}!4`,
  (d) => `docker run -v /tmp/tmp.${d.alnum(10)}:/data -e API_KEY=${d.hex(40)} acme/${d.word()}`,
  (d) => `PGPASSWORD=${d.alnum(20)} pg_dump -h db.acme.dev -f /tmp/${d.word()}-${d.alnum(6)}/dump.sql`,
  (d) => `git clone https://oauth2:glpat-${d.url(20)}@git.acme.dev/core.git /tmp/${d.word()}.${d.alnum(8)}`,
  (d) => `{"path":"/var/folders/zz/${d.low(26)}/T/x","github_token":"ghp_${d.alnum(36)}"}`,
  (d) => `    at connect (postgres://app:${d.alnum(16)}@db.acme.dev:5432/main) /tmp/vitest-${d.alnum(8)}/db.ts:3:1`,
  (d) => `cat /tmp/tmp.${d.alnum(10)}/secrets: AWS_SECRET_ACCESS_KEY=${d.draw(`${ALNUM}+/`, 40)}`,
];

function lines(makers: readonly Make[], count: number, seed: number): string[] {
  const d = drawing(seed);
  return Array.from({ length: count }, (_, index) => (makers[index % makers.length] as Make)(d));
}

/** [kind, so many harmless lines of it] of every kind, the same ones for the same seed. */
export function harmlessPathLines(count: number, seed: number): readonly (readonly [string, string[]])[] {
  return Object.entries(HARMLESS).map(([kind, makers], index) => [kind, lines(makers, count, seed + index)]);
}

/** So many lines with a secret, the same ones for the same seed. */
export function secretsBesidePaths(count: number, seed: number): string[] {
  return lines(SECRET, count, seed);
}
