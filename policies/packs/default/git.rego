package cabincrew.workspace

import data.cabincrew.changes

# METADATA
# title: No write to a Git directory
# description: is inside a Git directory, where hooks and configuration run code that no review sees.
# custom:
#   rule: workspace/git-write
#   severity: critical
#   fix: Leave .git alone; let Git itself change it, outside a governed run.
deny contains finding if {
	some where in changes.places
	some segment in where.segments
	changes.git_directory(segment)
	finding := changes.finding(rego.metadata.rule(), where)
}

# METADATA
# title: No write to a bare repository's hooks
# description: belongs to a bare Git repository, whose hooks and configuration run code that no review sees.
# custom:
#   rule: workspace/git-bare-write
#   severity: critical
#   fix: Keep bare repositories out of the workspace.
deny contains finding if {
	some where in changes.places
	some i, segment in where.segments
	endswith(segment, ".git")
	not changes.git_directory(segment)
	where.segments[i + 1] in {"hooks", "config", "head", "objects", "refs"}
	finding := changes.finding(rego.metadata.rule(), where)
}

# METADATA
# title: No link into a Git directory
# description: is a symbolic link into a Git directory, through which later writes would reach hooks and configuration.
# custom:
#   rule: workspace/git-link
#   severity: critical
#   fix: Remove the link.
deny contains finding if {
	some where in changes.written
	where.change.link_target
	some segment in changes.names(where.change.link_target)
	changes.git_directory(segment)
	finding := changes.finding(rego.metadata.rule(), where)
}

# METADATA
# title: Git hooks and repository settings
# description: decides what runs on developers' machines or who reviews changes, so a person looks at it first.
# custom:
#   rule: workspace/repository-settings
#   severity: high
#   fix: Have it approved, or leave it out of this change.
require_approval contains finding if {
	some where in changes.places
	changes.listed(where, data.paths.repository_settings)
	finding := changes.finding(rego.metadata.rule(), where)
}
