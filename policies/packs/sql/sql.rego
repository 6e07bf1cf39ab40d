package cabincrew.sql

import data.cabincrew.review

# METADATA
# title: A document these rules understand
# description: The plan does not have the form these rules are written for, so they would see nothing in it.
# custom:
#   rule: sql/input-unknown
#   severity: critical
#   fix: Use the policy pack that belongs to this version of cabincrew.
deny contains finding if {
	not understood
	finding := review.plain(rego.metadata.rule(), "sql:")
}

understood if {
	input.format == "cabincrew.preflight/1"
	is_array(input.artifacts)
}

# METADATA
# title: A dialect there is
# description: is not a setting of these rules, or not a dialect they know.
# custom:
#   rule: sql/setting-unknown
#   severity: critical
#   fix: Write dialect as auto, postgres, mysql, sqlite, mssql or oracle in the governance configuration.
deny contains finding if {
	not data.dialect in {"auto", "postgres", "mysql", "sqlite", "mssql", "oracle"}
	finding := review.plain(rego.metadata.rule(), "dialect")
}

# METADATA
# title: SQL that can be read
# description: Nothing judged what it would do to the database.
# custom:
#   rule: sql/unread
#   severity: high
#   fix: Correct or split the file, or have it approved by somebody who read it.
require_approval contains finding if {
	some artifact in input.artifacts
	artifact.unreadable
	object.get(artifact, ["change", "entry"], "file") == "file"
	finding := review.about(rego.metadata.rule(), artifact, concat("", [": ", artifact.unreadable, "."]))
}

# METADATA
# title: Migrations that undo
# description: It runs only when the migration is undone, and then data is gone.
# custom:
#   rule: sql/undo
#   severity: low
#   fix: Nothing to do as long as nobody undoes the migration.
warn contains finding if {
	some one in review.undoing
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Statements that were there before
# description: It stood in the file before this change, which does not touch it.
# custom:
#   rule: sql/kept
#   severity: low
#   fix: Nothing to do if the file was already applied; otherwise look at it as if it were new.
warn contains finding if {
	some one in review.kept
	finding := review.finding(rego.metadata.rule(), one)
}
