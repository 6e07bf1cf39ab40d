package cabincrew.workspace

import data.cabincrew.changes

# METADATA
# title: Large changes
# description: lines are changed, more than one can read with care in one sitting.
# custom:
#   rule: workspace/many-lines
#   severity: low
#   fix: Split the change if it can be split.
warn contains finding if {
	changed_lines > data.thresholds.warn_lines
	changed_lines <= data.thresholds.approve_lines
	finding := changes.counted(rego.metadata.rule(), changed_lines)
}

# METADATA
# title: Very large changes
# description: lines are changed, more than anybody reads without being asked to.
# custom:
#   rule: workspace/too-many-lines
#   severity: medium
#   fix: Split the change, or have it approved.
require_approval contains finding if {
	changed_lines > data.thresholds.approve_lines
	finding := changes.counted(rego.metadata.rule(), changed_lines)
}

# METADATA
# title: Many deleted files
# description: files are deleted, which is often the sign of a command in the wrong place.
# custom:
#   rule: workspace/many-deletions
#   severity: high
#   fix: Look at the list of deleted files, then have it approved.
require_approval contains finding if {
	input.summary.deleted > data.thresholds.approve_deleted_files
	finding := changes.counted(rego.metadata.rule(), input.summary.deleted)
}

changed_lines := input.summary.insertions + input.summary.deletions
