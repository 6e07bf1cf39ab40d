package cabincrew.supply_chain

import data.cabincrew.changed
import data.cabincrew.commands
import data.cabincrew.patterns
import data.cabincrew.scripts

# METADATA
# title: Downloads that are run
# description: runs what it downloads without looking at it, so whoever controls that address controls this machine.
# custom:
#   rule: supply-chain/pipe-to-shell
#   severity: high
#   fix: Download to a file, compare its SHA-256 with one that is written here, then run it.
require_approval contains finding if {
	some where in scripts.runnable
	some line in commands.matching(where, patterns.downloaded)
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Downloaded files that are run
# description: runs a file that it downloads, and nothing compares it with what was expected
# custom:
#   rule: supply-chain/download-run
#   severity: high
#   fix: Compare its SHA-256 with one that is written here before it runs.
require_approval contains finding if {
	some where in scripts.runnable
	some [line, name] in commands.fetched(where)
	finding := changed.finding_about(rego.metadata.rule(), where, line, name)
}

# METADATA
# title: Shells behind a line that is not shown
# description: gets a line that is only a shell, which runs whatever the line before it brings.
# custom:
#   rule: supply-chain/pipe-continued
#   severity: high
#   fix: Have it approved by somebody who read the whole command.
require_approval contains finding if {
	some where in scripts.runnable
	some line in commands.loose(where)
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Encoded commands
# description: decodes text and runs it, so nobody can read here what is run.
# custom:
#   rule: supply-chain/encoded-command
#   severity: critical
#   fix: Write the command in clear.
require_approval contains finding if {
	some where in scripts.runnable
	some line in commands.matching(where, patterns.encoded)
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Packages installed from addresses
# description: installs a package from an address or a repository, with no lock file to say what is expected there.
# custom:
#   rule: supply-chain/install-from-address
#   severity: high
#   fix: Install a published version, or name the exact commit and have it approved.
require_approval contains finding if {
	some where in scripts.runnable
	some line in commands.matching(where, patterns.package_from_address)
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Files added from addresses
# description: adds a file from an address to an image, and nothing says what is expected there.
# custom:
#   rule: supply-chain/image-add
#   severity: medium
#   fix: Give ADD a --checksum, or copy a file of this repository.
require_approval contains finding if {
	some where in scripts.containers
	some line in changed.hits(where, `(?im)^\s*ADD\s.*https?://`)
	not contains(line.text, "--checksum=")
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Images without a version
# description: builds on an image without a version, so every build may be another.
# custom:
#   rule: supply-chain/image-unpinned
#   severity: low
#   fix: Name a version, better a digest as in node:22-slim@sha256:….
warn contains finding if {
	some where in scripts.containers
	some line in changed.hits(where, `(?im)^\s*FROM\s+(?:--\S+\s+)*[^\s$@]+(?:\s|$)`)
	image := regex.find_all_string_submatch_n(`(?i)^\s*FROM\s+(?:--\S+\s+)*([^\s$@]+)(?:\s|$)`, line.text, 1)[0][1]
	scripts.floating(image)
	not scripts.stage(where, image)
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Package manager settings
# description: tells a package manager where code comes from or what it runs while installing.
# custom:
#   rule: supply-chain/package-settings
#   severity: high
#   fix: Have it approved, or leave it out of this change.
require_approval contains finding if {
	some where in changed.places
	changed.listed(where, data.paths.package_settings)
	count(scripts.redirections(where)) == 0
	not scripts.program(where)
	finding := changed.finding(rego.metadata.rule(), where)
}

# METADATA
# title: Other registries
# description: takes packages from another place, or trusts it without looking
# custom:
#   rule: supply-chain/registry
#   severity: high
#   fix: Have it approved by whoever runs your registry; a known one can be added to the list registries in the governance configuration.
require_approval contains finding if {
	some where in changed.written
	some line in scripts.redirections(where)
	finding := changed.finding_about(rego.metadata.rule(), where, line.line, patterns.subject(line.text))
}

# METADATA
# title: Programs in binary form
# description: is a program or library in binary form, which runs and cannot be read here.
# custom:
#   rule: supply-chain/program
#   severity: high
#   fix: Build it from source where it is used, or have it approved by somebody who knows where it comes from.
require_approval contains finding if {
	some where in changed.written
	scripts.program(where)
	finding := changed.finding(rego.metadata.rule(), where)
}
