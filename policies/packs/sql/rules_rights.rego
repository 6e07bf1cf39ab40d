package cabincrew.sql

import data.cabincrew.review

# METADATA
# title: Rights for everybody
# description: Every user of the database has them, also those that come later.
# custom:
#   rule: sql/grant-public
#   severity: high
#   fix: Grant them to a role.
deny contains finding if {
	some one in review.fresh["grant-public"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: No new superusers
# description: Such a user passes every check, also those of rows.
# custom:
#   rule: sql/superuser
#   severity: critical
#   fix: Grant the rights that are needed.
deny contains finding if {
	some one in review.fresh.superuser
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Row security stays on
# description: Users see rows of others.
# custom:
#   rule: sql/row-security-off
#   severity: high
#   fix: Replace a policy in the same migration and have it approved, or leave it.
require_approval contains finding if {
	some one in review.fresh["row-security-off"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Checks stay on
# description: Rows that break a constraint or miss a trigger get in, and nobody finds them later.
# custom:
#   rule: sql/checks-off
#   severity: high
#   fix: Turn them on again at the end of the same file, and check the rows.
require_approval contains finding if {
	some one in review.fresh["checks-off"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Checks that are off for a while
# description: Rows that come in meanwhile are not checked.
# custom:
#   rule: sql/checks-off-for-a-while
#   severity: low
#   fix: Check the rows afterwards.
warn contains finding if {
	some one in review.fresh["checks-off-for-a-while"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: No programs from SQL
# description: It starts a program or reads and writes files on the machine, with the rights of the database or of the one who applies.
# custom:
#   rule: sql/runs-programs
#   severity: critical
#   fix: Leave it out; load data with a tool made for it.
deny contains finding if {
	some one in review.fresh["runs-programs"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Commands to the client program
# description: It reads or writes another file or database, which is not part of what was reviewed.
# custom:
#   rule: sql/client-command
#   severity: high
#   fix: Put what is needed into this file.
require_approval contains finding if {
	some one in review.fresh["client-command"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Statements made of strings
# description: What runs is put together when it runs, so no rule could judge it.
# custom:
#   rule: sql/dynamic
#   severity: medium
#   fix: Write the statement out, or have it approved.
require_approval contains finding if {
	some one in review.fresh.dynamic
	finding := review.finding(rego.metadata.rule(), one)
}
