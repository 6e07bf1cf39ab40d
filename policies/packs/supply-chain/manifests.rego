package cabincrew.supply_chain

import data.cabincrew.changed
import data.cabincrew.patterns
import data.cabincrew.sources
import data.cabincrew.versions

# METADATA
# title: Install scripts
# description: gets a script that runs by itself on every machine that installs this package
# custom:
#   rule: supply-chain/install-script
#   severity: high
#   fix: Do it in a step that somebody starts, or have the script approved by somebody who read it.
require_approval contains finding if {
	some where in changed.written
	patterns.npm_manifest(where)
	some line in changed.hits(where, `(?m)(?:^|[{,])\s*"(?:(?:pre|post)?install|(?:pre|post)?prepare|prepublish|dependencies:before|pnpm:devPreinstall)"\s*(?:$|:\s*(?:"[^"]|$))|"[^"]*\\u00[0-9a-fA-F]{2}[^"]*"\s*(?::|$)`)
	finding := changed.finding_about(rego.metadata.rule(), where, line.line, patterns.subject(line.text))
}

# METADATA
# title: Files that run while building
# description: is a new file that a package manager runs by itself when the package is built or installed.
# custom:
#   rule: supply-chain/build-script
#   severity: medium
#   fix: Have it approved by somebody who read it.
require_approval contains finding if {
	some where in changed.written
	where.change.op == "create"
	where.base in {"binding.gyp", "build.rs"}
	finding := changed.finding(rego.metadata.rule(), where)
}

# METADATA
# title: Dependencies from addresses
# description: takes a dependency from an address or a repository instead of a registry
# custom:
#   rule: supply-chain/dependency-address
#   severity: high
#   fix: Use a published version, or have it approved by somebody who read what lies there.
require_approval contains finding if {
	some where in changed.written
	pattern := sources.addresses[sources.manifest(where)]
	some line in changed.hits(where, pattern)
	not patterns.comment(line.text)
	not sources.ordinary(where, line.text)
	finding := changed.finding_about(rego.metadata.rule(), where, line.line, patterns.subject(line.text))
}

# METADATA
# title: Dependencies from paths
# description: takes a dependency from a directory
# custom:
#   rule: supply-chain/dependency-path
#   severity: low
#   fix: Look whether the directory is part of this repository.
warn contains finding if {
	some where in changed.written
	pattern := sources.paths[sources.manifest(where)]
	some line in changed.hits(where, pattern)
	finding := changed.finding_about(rego.metadata.rule(), where, line.line, patterns.subject(line.text))
}

# METADATA
# title: Lower versions asked for
# description: asks for a lower version than before
# custom:
#   rule: supply-chain/manifest-downgrade
#   severity: medium
#   fix: Keep the newer version, or say in the approval why not.
require_approval contains finding if {
	some where in changed.written
	old := patterns.asked_by(where, where.change.removed)
	count(old) > 0
	some new in patterns.asked_by(where, where.change.added)
	before := {entry.version | some entry in old; entry.name == new.name}
	count(before) == 1
	some version in before
	versions.lower_than(new.version, version)
	finding := changed.finding_about(rego.metadata.rule(), where, new.line, concat(" ", [new.name, new.version, "after", version]))
}

# METADATA
# title: Manifest without its lock file
# description: asks for other dependencies although no lock file changes with it.
# custom:
#   rule: supply-chain/manifest-without-lock
#   severity: low
#   fix: Where there is a lock file, let the package manager write it.
warn contains finding if {
	some where in changed.written
	where.change.op == "update"
	where.base in {"go.mod", "package.json"}
	asked := {{"name": entry.name, "version": entry.version} | some entry in patterns.asked_by(where, where.change.added)}
	old := {{"name": entry.name, "version": entry.version} | some entry in patterns.asked_by(where, where.change.removed)}
	count(asked - old) > 0
	every base in patterns.manifests[where.base] {
		not patterns.touched(base)
	}
	finding := changed.finding(rego.metadata.rule(), where)
}
