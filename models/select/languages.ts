/** Languages a manifest may name, by the ends of file names (spec/models.md); `Dockerfile` and `Gemfile` are whole names. */
const BY_NAME: Readonly<Record<string, string>> = {
  c: "c h",
  cpp: "cc cpp cxx hh hpp hxx",
  csharp: "cs csx",
  css: "css less sass scss",
  dockerfile: "dockerfile containerfile",
  go: "go",
  hcl: "hcl tf tfvars",
  html: "htm html xhtml",
  java: "java",
  javascript: "cjs js jsx mjs",
  json: "json json5 jsonc jsonl ndjson",
  kotlin: "kt kts",
  lua: "lua",
  markdown: "markdown md mdx",
  perl: "pl pm t",
  php: "phar php phtml",
  powershell: "ps1 psd1 psm1",
  python: "py pyi pyw",
  ruby: "gemfile gemspec rake rakefile rb",
  rust: "rs",
  scala: "sbt sc scala",
  shell: "bash ksh sh zsh",
  sql: "ddl dml sql",
  swift: "swift",
  toml: "toml",
  typescript: "cts mts ts tsx",
  xml: "svg xml xsd xsl xslt",
  yaml: "yaml yml",
};

/** What a path ends in, in lower case: the part after the last dot, or the whole name where there is none. */
export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return name.slice(name.lastIndexOf(".") + 1);
}

/** Whether a path belongs to one of these languages. */
export function isLanguage(path: string, languages: readonly string[]): boolean {
  const extension = extensionOf(path);
  return languages.some((language) => BY_NAME[language]?.split(" ").includes(extension));
}

/** Every language with its extensions, for the specification. */
export function languageTable(): readonly (readonly [string, readonly string[]])[] {
  return Object.entries(BY_NAME).map(([name, extensions]) => [name, extensions.split(" ")]);
}
