package cabincrew.sql

import data.cabincrew.review

# METADATA
# title: Columns that rewrite the table
# description: Every row is rewritten for a value of its own while nobody else can read or write the table.
# custom:
#   rule: sql/add-column-rewrite
#   severity: medium
#   fix: Add the column without default, set the default, then fill in batches.
require_approval contains finding if {
	some one in review.fresh["add-column-rewrite"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Columns that must not be empty
# description: It fails on a table with rows, or rewrites and locks it.
# custom:
#   rule: sql/add-column-not-null
#   severity: medium
#   fix: Give a constant default, or add it nullable, fill it and then forbid NULL.
require_approval contains finding if {
	some one in review.fresh["add-column-not-null"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Types that change
# description: The table and its indexes are mostly rewritten while nobody else can use it, and values may not fit.
# custom:
#   rule: sql/alter-type
#   severity: medium
#   fix: Add a new column, copy in batches and switch, or have it approved.
require_approval contains finding if {
	some one in review.fresh["alter-type"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Names that change
# description: Running programs that use the old name fail at once.
# custom:
#   rule: sql/rename
#   severity: medium
#   fix: Add the new one beside it, move the programs, drop the old one later.
require_approval contains finding if {
	some one in review.fresh.rename
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Constraints that are checked at once
# description: All rows are checked while the table is locked.
# custom:
#   rule: sql/constraint-checked
#   severity: medium
#   fix: Add it NOT VALID and validate it afterwards, or build the unique index concurrently and use it.
require_approval contains finding if {
	some one in review.fresh["constraint-checked"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Indexes that block writers
# description: Nobody can write to the table while it is built.
# custom:
#   rule: sql/index-blocks-writes
#   severity: medium
#   fix: Use CONCURRENTLY, outside of a transaction.
require_approval contains finding if {
	some one in review.fresh["index-blocks-writes"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Locks on whole tables
# description: Nobody else can use the table meanwhile.
# custom:
#   rule: sql/table-locked
#   severity: medium
#   fix: Use a tool that works online, or have it approved for a quiet hour.
require_approval contains finding if {
	some one in review.fresh["table-locked"]
	finding := review.finding(rego.metadata.rule(), one)
}
