package cabincrew.workspace

import data.cabincrew.changes
import data.cabincrew.links

# METADATA
# title: Continuous integration
# description: belongs to continuous integration, which runs it with the project's own credentials.
# custom:
#   rule: workspace/ci
#   severity: high
#   fix: Have it approved, or leave it out of this change.
require_approval contains finding if {
	some where in changes.places
	changes.listed(where, data.paths.ci)
	finding := changes.finding(rego.metadata.rule(), where)
}

# METADATA
# title: Container builds
# description: describes a container, so it decides what is built, run and exposed.
# custom:
#   rule: workspace/container
#   severity: high
#   fix: Have it approved, or leave it out of this change.
require_approval contains finding if {
	some where in changes.places
	changes.container(where)
	finding := changes.finding(rego.metadata.rule(), where)
}

# METADATA
# title: Infrastructure state
# description: is the state of an infrastructure tool, which often holds secrets in clear text.
# custom:
#   rule: workspace/infrastructure-state
#   severity: high
#   fix: Keep state in a remote backend.
require_approval contains finding if {
	some where in changes.written
	changes.listed(where, data.paths.infrastructure_state)
	finding := changes.finding(rego.metadata.rule(), where)
}

# METADATA
# title: New executables
# description: becomes executable, so it can be started by name from now on.
# custom:
#   rule: workspace/executable
#   severity: medium
#   fix: Have it approved, or leave its execute bit off.
require_approval contains finding if {
	some where in changes.written
	where.change.became_executable
	finding := changes.finding(rego.metadata.rule(), where)
}

# METADATA
# title: Set-id bits
# description: carries a set-user-id or set-group-id bit, so it runs with its owner's rights whoever starts it.
# custom:
#   rule: workspace/setid
#   severity: critical
#   fix: Remove the bit with chmod u-s,g-s.
require_approval contains finding if {
	some where in changes.written
	where.change.setid
	finding := changes.finding(rego.metadata.rule(), where)
}

# METADATA
# title: Links that leave the workspace
# description: is a symbolic link that points outside the workspace, where nothing is reviewed.
# custom:
#   rule: workspace/link-outside
#   severity: high
#   fix: Link to a relative path inside the workspace, or copy the file.
require_approval contains finding if {
	some where in changes.written
	links.leaves(where.change.link_target, count(where.segments) - 1)
	finding := changes.finding(rego.metadata.rule(), where)
}

# METADATA
# title: New binary files
# description: is a new binary file, whose content neither reviewers nor rules can read.
# custom:
#   rule: workspace/binary
#   severity: medium
#   fix: Have it approved by somebody who knows where it comes from, or build it from source.
require_approval contains finding if {
	some where in changes.written
	where.change.binary
	not changes.program(where)
	where.change.op == "create"
	finding := changes.finding(rego.metadata.rule(), where)
}

# METADATA
# title: Text that can no longer be read
# description: is text by its name or was until now, but holds bytes that no text has, so neither reviewers nor rules can read what changed.
# custom:
#   rule: workspace/text-unreadable
#   severity: high
#   fix: Save it as UTF-8 without NUL bytes, or have it approved by somebody who read it with a tool that can.
require_approval contains finding if {
	some where in changes.written
	where.change.binary
	where.change.op != "create"
	not changes.program(where)
	changes.once_text(where)
	finding := changes.finding(rego.metadata.rule(), where)
}

# METADATA
# title: Changed binary files
# description: is a binary file; what changed in it is not visible here.
# custom:
#   rule: workspace/binary-change
#   severity: low
#   fix: Compare it with the tool that made it.
warn contains finding if {
	some where in changes.written
	where.change.binary
	not changes.program(where)
	not changes.once_text(where)
	where.change.op != "create"
	finding := changes.finding(rego.metadata.rule(), where)
}

# METADATA
# title: Changes too large to show
# description: is changed by more lines than are shown to rules, so nothing judged the rest.
# custom:
#   rule: workspace/unseen
#   severity: medium
#   fix: Split the change, or have it approved by somebody who read the whole file.
require_approval contains finding if {
	some where in changes.written
	where.change.truncated
	finding := changes.finding(rego.metadata.rule(), where)
}
