# METADATA
# title: Patterns
# description: How lines of lock files, manifests, scripts and workflows are recognised.
package cabincrew.patterns

import data.cabincrew.changed

# Where a lock file's entry comes from: npm, Yarn, pnpm, Cargo, Poetry, uv, Bundler. Not the addresses of sponsors.
source := `^\s*(?:"resolved": "|resolved "|source = "(?:registry|sparse)\+|source = \{ (?:registry|url) = "|url = "|remote: |.*\btarball: |.*\{ ?url = ")([a-z+]+://[^\s"'#?},]+)`

# A fingerprint with its algorithm; the group is "sha512-…".
integrity := `^\s*(?:"integrity": "|integrity |resolution: \{integrity: |checksum = "|checksum: |"checksum": ")([^"\s,}]+)`

version := `^\s*"?version"?\s*(?:[:=]\s*)?"?(v?[0-9][0-9A-Za-z.+-]*)"?,?\s*$`

# A line that begins another entry, or says where this one comes from: around it nothing is compared with what stood there.
entry := `^\s*((?:"node_modules/[^"]*": \{|name = "|"name": "|\[\[package\]\]|['"]?[^\s'"]+@[^\s]*:$).*)`

identity := `^\s*("?(?:version|resolved|resolution|name)\b.*)`

git_source := `(?m)^\s*(?:"resolved": "(?:git|ssh)|resolved "(?:git|ssh|https://codeload\.)|source = "git\+|source = \{ git = |.*\btarball: https://codeload\.|resolution: \{.*\btype: git\b|type = "git"|.*@(?:git\+|git@|https://github\.com/))`

# The shell or interpreter that runs what it reads, and what may stand before it.
before_run := `(?:[({]\s*)?(?:(?:(?:/usr)?/bin/)?(?:sudo|doas|env|exec|command|nice|nohup|time|busybox|xargs)\s+(?:(?:-\S+(?:\s+[\w-]+)?|\S+=\S*)\s+)*)*`

run := concat("", [
	before_run,
	`(?:/(?:usr/)?(?:local/)?bin/)?(?:(?:ba|z|k|da|fi)?sh(?:\s|$|["';&|)}\],\\])|(?:python[0-9.]*|node|perl|ruby|php|iex|pwsh|powershell|bun|deno\s+run)\s*(?:-\s*)?(?:$|["';&|)}\],\\]))`,
])

# A line that is nothing but a shell that reads.
alone := concat("", [`(?m)^\s*`, before_run, `(?:/(?:usr/)?bin/)?(?:ba|z|k|da)?sh(?:\s+-s?(?:\s.*)?)?$`])

downloaded := concat("", [
	`(?im)(?:\b(?:curl|wget)\b.*\|&?\s*`, run,
	`|^\s*\|&?\s*`, run,
	`|(?:\b(?:ba|z|k|da)?sh|\b(?:python[0-9.]*|node|perl|ruby)|\bsource|(?:^|\s)\.)\s+(?:-\w+\s+)*<\(\s*(?:curl|wget)\b`,
	`|<<<\s*["']?(?:\$\(|\x60)\s*(?:curl|wget)\b`,
	`|(?:\beval|\s-c)\s*\\?["']?\s*(?:\$\(|\x60)\s*(?:curl|wget)\b`,
	`|\b(?:iwr|irm|curl|wget|invoke-webrequest|invoke-restmethod)\b.*\|\s*(?:iex|invoke-expression)\b`,
	`|\b(?:iex|invoke-expression)\b.*(?:\b(?:iwr|irm|invoke-webrequest|invoke-restmethod)\b|downloadstring)`,
	`|\bexec\(.*\burlopen\()`,
])

# A download into a file, by option, by its address, or by redirection; the file's name without directories.
download_to := `(?i)\b(?:curl|wget|iwr|invoke-webrequest)\b[^|;&]*?(?:\s(?:-o|--output|--output-document|-outfile)[= ]?\s*|\s-[a-z]*o\s+|\s>\s*)["']?(?:[^\s"';|&>]*/)?([\w.-]+\w)`

checked := `(?i)\b(?:sha(?:1|256|384|512)sum|shasum|b2sum|gpgv?|cosign|minisign|signify|slsa-verifier)\b|\bopenssl\s+dgst\b|\bget-filehash\b|\bgh\s+attestation\b`

encoded := concat("", [
	`(?im)(?:\b(?:base64|openssl\s+(?:base64|enc))\b.*\s(?:-d|--decode)\b.*\|\s*`, run,
	`|\bxxd\s.*-r.*\|\s*`, run,
	`|\b(?:eval|sh\s+-c)\s*["']?\$\(.*\bbase64\s+(?:-d|--decode)\b`,
	`|\b(?:powershell|pwsh)\b.*\s-e(?:nc|ncodedcommand)?\s+[a-z0-9+/=]{16})`,
])

package_from_address := `(?m)\b(?:pip[0-9.]*|uv\s+pip|pipx|npm|pnpm|yarn|bun)\s+(?:i|install|add)\b(?:\s+(?:-[UqIgDE]|--(?:user|upgrade|quiet|global|save-dev|break-system-packages|system|no-[\w-]+)|[A-Za-z0-9@_\["'][^\s:]*))*\s+["']?(?:[A-Za-z0-9._\[\]-]+\s*@\s*)?(?:git\+|https?://)|\bcargo\s+install\b.*\s--git\b`

registry_setting := `(?im)^\s*(?:(?:@[\w.-]+:)?registry\s*[=:]|(?:extra-)?index-url\s*=|index\s*=\s*["']?http|trusted-host\s*=|find-links\s*=|strict-ssl\s*=\s*false|ignore-scripts\s*=\s*false|["']?npmRegistryServer|["']?unsafeHttpWhitelist|replace-with\s*=|\[(?:source|registries)\.|distributionUrl\s*=|.*<url>)`

registry_option := `(?i)(?m)(?:\s--registry[= ]\S|\bconfig\s+set\s+(?:registry|strict-ssl)\b|(?:^|\s)--(?:extra-)?index-url\b|(?:^|\s)--trusted-host\b|(?:^|\s)--find-links\b|\bPIP_(?:EXTRA_)?INDEX_URL\b|\bnpm_config_registry\b|\bGOPROXY\s*[=:]|\bGO(?:NOSUMDB|NOSUMCHECK|INSECURE)\s*[=:]|\bGOSUMDB\s*[=:]\s*["']?off\b)`

address := `(?:https?|git|ssh|git\+https?|git\+ssh|registry\+https?|sparse\+https?)://(?:[^/\s"'@]*@)?([^/\s"':#?},]+)`

hosts(text) := {lower(match[1]) | some match in regex.find_all_string_submatch_n(address, text, -1)}

# What a finding names of a line: hosts only where there is an address, for an address may hold a password.
subject(text) := concat(" and ", sort(hosts(text))) if count(hosts(text)) > 0

else := "an address" if contains(text, "://")

else := substring(trim_space(text), 0, 160)

known(host) if data.registries[host] == true

known(host) if host in {"localhost", "127.0.0.1", "[::1]"}

# The index of crates.io lies on a host that serves much else.
known_source(text) if contains(text, "github.com/rust-lang/crates.io-index")

known_source(text) if {
	found := hosts(text)
	count(found) > 0
	every host in found {
		known(host)
	}
}

comment(text) if regex.match(`^\s*(?:#|//|::|(?i:rem)\s)`, text)

npm_manifest(where) if where.base == "package.json"

requirements(where) if {
	some suffix in [".txt", ".in"]
	endswith(where.base, suffix)
	requirements_name(where)
}

requirements_name(where) if regex.match(`^(?:requirements|constraints)[\w.-]*\.(?:txt|in)$`, where.base)

# What a manifest's line asks for by version: [name, version].
asked(where, text) := [match[0][1], match[0][2]] if {
	match := regex.find_all_string_submatch_n(asks[kind(where)], text, 1)
	not match[0][1] in {"version", "node", "npm", "pnpm", "yarn", "packageManager", "edition", "rust-version", "python", "go", "toolchain"}
}

asks := {
	"npm": `^\s*"(@?[\w./-]+)"\s*:\s*"[\^~>=v ]*([0-9]+[^"\s]*)"`,
	"go": `^\s*(?:require\s+)?([\w~-]+\.[\w./~-]+)\s+(v[0-9]\S*)`,
	"cargo": `^\s*([\w-]+)\s*=\s*(?:\{\s*version\s*=\s*)?"[\^~=]*([0-9][^"\s,]*)"`,
	"pip": `^\s*([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*==\s*([0-9][^\s;]*)`,
}

kind(where) := "npm" if npm_manifest(where)

kind(where) := "go" if where.base == "go.mod"

kind(where) := "cargo" if where.base == "cargo.toml"

kind(where) := "pip" if requirements(where)

asked_by(where, lines) := {{"name": pair[0], "version": pair[1], "line": line.line} |
	some line in lines
	pair := asked(where, line.text)
}

manifests := {
	"cargo.toml": {"cargo.lock"},
	"composer.json": {"composer.lock"},
	"gemfile": {"gemfile.lock"},
	"go.mod": {"go.sum"},
	"package.json": {"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"},
	"pipfile": {"pipfile.lock"},
	"pyproject.toml": {"poetry.lock", "uv.lock", "pdm.lock", "pylock.toml"},
}

touched(base) if {
	some where in changed.places
	where.base == base
}
