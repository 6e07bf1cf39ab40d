package cabincrew.sql

import data.cabincrew.review

# METADATA
# title: No databases are dropped
# description: Everything in it is gone, and nothing in the file says that it was empty.
# custom:
#   rule: sql/drop-database
#   severity: critical
#   fix: Do it by hand where it is meant, with a backup at hand.
deny contains finding if {
	some one in review.fresh["drop-database"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Tables that are dropped
# description: Its rows are gone.
# custom:
#   rule: sql/drop-table
#   severity: high
#   fix: Rename it first and drop it once nothing missed it, or have it approved.
require_approval contains finding if {
	some one in review.fresh["drop-table"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Columns that are dropped
# description: Its values are gone, and running programs that name it fail.
# custom:
#   rule: sql/drop-column
#   severity: high
#   fix: Stop using it first and drop it in a later migration, or have it approved.
require_approval contains finding if {
	some one in review.fresh["drop-column"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Tables that are emptied
# description: Its rows are gone, without triggers and without a log of which.
# custom:
#   rule: sql/truncate
#   severity: high
#   fix: Delete what is meant with a WHERE, or have it approved.
require_approval contains finding if {
	some one in review.fresh.truncate
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: DELETE with a WHERE
# description: Every row goes.
# custom:
#   rule: sql/delete-without-where
#   severity: high
#   fix: Add a WHERE, or have it approved.
require_approval contains finding if {
	some one in review.fresh["delete-without-where"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: MERGE that deletes
# description: Rows go that its source matches, or does not hold, and no condition of their own says which.
# custom:
#   rule: sql/merge-deletes
#   severity: high
#   fix: Write a condition (WHEN MATCHED AND …), or have it approved.
require_approval contains finding if {
	some one in review.fresh["merge-deletes"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: UPDATE with a WHERE
# description: Every row is changed and locked until the end of the transaction.
# custom:
#   rule: sql/update-without-where
#   severity: medium
#   fix: Add a WHERE and go in batches, or have it approved.
require_approval contains finding if {
	some one in review.fresh["update-without-where"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Drops that take more with them
# description: What depends on it goes too, and the file does not say what that is.
# custom:
#   rule: sql/cascade
#   severity: high
#   fix: Drop what depends on it by name.
require_approval contains finding if {
	some one in review.fresh.cascade
	finding := review.finding(rego.metadata.rule(), one)
}
