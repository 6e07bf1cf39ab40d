package cabincrew.supply_chain

import data.cabincrew.changed
import data.cabincrew.lock_entries
import data.cabincrew.patterns
import data.cabincrew.versions

# METADATA
# title: Lock files
# description: is a lock file, so it decides which code of others is installed and run.
# custom:
#   rule: supply-chain/lock-file
#   severity: medium
#   fix: Have it approved by somebody who looked at the changed dependencies.
require_approval contains finding if {
	some where in changed.places
	changed.listed(where, data.paths.lock_files)
	finding := changed.finding(rego.metadata.rule(), where)
}

# METADATA
# title: Same version, other content
# description: gets another fingerprint for a version that stays the same, so other code would be installed under a name that was reviewed.
# custom:
#   rule: supply-chain/integrity-changed
#   severity: critical
#   fix: Restore the fingerprint; if the registry really serves something else now, find out why before anything else.
deny contains finding if {
	some where in lock_entries.locks
	new := changed.single(where.change.added, patterns.integrity)
	old := changed.single(where.change.removed, patterns.integrity)
	some hunk, match in new
	before := old[hunk]
	lock_entries.algorithm(match.text) == lock_entries.algorithm(before.text)
	match.text != before.text
	not lock_entries.another(where, hunk)
	not lock_entries.another_above(where, match.line)
	finding := changed.finding_at(rego.metadata.rule(), where, match.line)
}

# METADATA
# title: Same Go module, other content
# description: gets another fingerprint for a module's version that go.sum knew already, so other code would be built under a version that was reviewed.
# custom:
#   rule: supply-chain/go-sum-changed
#   severity: critical
#   fix: Restore the line; a module's version never changes on the public proxy, so find out where this one came from.
deny contains finding if {
	some where in lock_entries.locks
	where.base in {"go.sum", "go.work.sum"}
	old := {regex.split(`\s+`, trim_space(line.text)) | some line in where.change.removed}
	some line in where.change.added
	[module, version, hash] := regex.split(`\s+`, trim_space(line.text))
	some known in old
	array.slice(known, 0, 2) == [module, version]
	known[2] != hash
	finding := changed.finding_about(rego.metadata.rule(), where, line.line, concat(" ", [module, version]))
}

# METADATA
# title: Fingerprints taken away
# description: loses fingerprints of entries that stay, so what is downloaded for them is no longer compared with what was reviewed.
# custom:
#   rule: supply-chain/integrity-removed
#   severity: high
#   fix: Write the lock file again with the package manager, from an empty cache.
require_approval contains finding if {
	some where in lock_entries.locks
	where.change.op != "create"
	lock_entries.kept(where.change.removed, patterns.integrity) - lock_entries.kept(where.change.removed, patterns.source) > max([
		lock_entries.kept(where.change.added, patterns.integrity) - lock_entries.kept(where.change.added, patterns.source),
		0,
	])
	count([line | some line in where.change.removed; regex.match(patterns.entry, line.text)]) == 0
	finding := changed.finding(rego.metadata.rule(), where)
}

# METADATA
# title: Entries without a fingerprint
# description: gets an entry that is downloaded without a fingerprint, so whatever is served is installed.
# custom:
#   rule: supply-chain/integrity-missing
#   severity: high
#   fix: Write the lock file again with the package manager, from an empty cache.
require_approval contains finding if {
	some where in lock_entries.locks
	some i, line in where.change.added
	regex.match(`^\s*"resolved": "https?://[^"]*\.tgz"`, line.text)
	next := where.change.added[i + 1]
	next.line == line.line + 1
	not contains(next.text, "integrity")
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Entries from another host
# description: takes an entry from a host that is no known registry
# custom:
#   rule: supply-chain/lock-registry
#   severity: high
#   fix: Install again from your own registry; if this host is it, add it to the list registries in the governance configuration.
require_approval contains finding if {
	some where in lock_entries.locks
	old := union({patterns.hosts(match.text) | some match in changed.caught(where.change.removed, patterns.source)})
	some match in changed.caught(where.change.added, patterns.source)
	not patterns.known_source(match.text)
	some host in (patterns.hosts(match.text) - old)
	finding := changed.finding_about(rego.metadata.rule(), where, match.line, host)
}

# METADATA
# title: Entries over an open connection
# description: takes an entry over a connection that nobody protects, so whoever sits between may exchange it.
# custom:
#   rule: supply-chain/lock-insecure
#   severity: high
#   fix: Install again from the registry's https address.
require_approval contains finding if {
	some where in lock_entries.locks
	some line in changed.hits(where, `(?m)^\s*"?(?:resolved|source|url|remote|resolution|.*tarball)\b.*["+ ](?:git\+)?(?:http|git)://`)
	not regex.match(`://(?:localhost|127\.0\.0\.1|\[::1\])[:/]`, line.text)
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Entries from repositories
# description: takes an entry out of a source repository instead of a registry, so nothing was published that others could have looked at.
# custom:
#   rule: supply-chain/lock-git
#   severity: medium
#   fix: Use a published version, or have it approved by somebody who read that commit.
require_approval contains finding if {
	some where in lock_entries.locks
	some line in changed.hits(where, patterns.git_source)
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Lower versions
# description: goes back to a lower version, which brings back what was repaired since
# custom:
#   rule: supply-chain/downgrade
#   severity: medium
#   fix: Keep the newer version, or say in the approval why not.
require_approval contains finding if {
	some where in lock_entries.locks
	new := changed.single(where.change.added, patterns.version)
	old := changed.single(where.change.removed, patterns.version)
	some hunk, match in new
	not lock_entries.begins(where, hunk)
	versions.lower_than(match.text, old[hunk].text)
	finding := changed.finding_about(rego.metadata.rule(), where, match.line, concat(" after ", [match.text, old[hunk].text]))
}

# METADATA
# title: Dependencies that run scripts
# description: gets a dependency that runs a script of its own when it is installed.
# custom:
#   rule: supply-chain/lock-install-script
#   severity: medium
#   fix: Read that script, or install with --ignore-scripts.
require_approval contains finding if {
	some where in lock_entries.locks
	some line in changed.hits(where, `(?m)^\s*(?:"hasInstallScript": true|requiresBuild: true)`)
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Lock file without its manifest
# description: changes although no manifest does; updates of indirect dependencies look like this, and so do lock files edited by hand.
# custom:
#   rule: supply-chain/lock-without-manifest
#   severity: low
#   fix: Compare it with what the package manager writes.
warn contains finding if {
	some where in lock_entries.locks
	where.change.op == "update"
	bases := {base | some base, names in patterns.manifests; where.base in names}
	count(bases) > 0
	every base in bases {
		not patterns.touched(base)
	}
	finding := changed.finding(rego.metadata.rule(), where)
}
