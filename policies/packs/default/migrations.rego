package cabincrew.workspace

import data.cabincrew.changes
import data.cabincrew.schema_changes

# METADATA
# title: Migrations that lose data
# description: drops tables, columns or rows when the migration runs, and what they held is gone.
# custom:
#   rule: workspace/migration-loss
#   severity: high
#   fix: Have it approved by somebody who knows that nothing reads the data any more, or rename and drop later.
require_approval contains finding if {
	some where in changes.written
	schema_changes.migration(where)
	some line in schema_changes.losses(where.change)
	finding := changes.finding_at(rego.metadata.rule(), where, line.line)
}
