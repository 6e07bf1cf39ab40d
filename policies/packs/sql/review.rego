# METADATA
# title: What the change adds
# description: >-
#   A statement that the file held before, and one that only undoes a migration, is shown and stops nothing; what runs
#   programs or gives rights stops even there.
package cabincrew.review

import data.cabincrew.locks
import data.cabincrew.losses
import data.cabincrew.rights
import data.cabincrew.statements

problems := (locks.problems | losses.problems) | rights.problems

always := {"client-command", "dynamic", "grant-public", "row-security-off", "runs-programs", "superuser"}

# By rule: what stops the plan.
fresh[one.rule] contains one if {
	some one in problems
	not one.kept
	not harmless(one)
}

harmless(one) if {
	one.down
	not one.rule in always
}

undoing contains one if {
	some one in problems
	not one.kept
	harmless(one)
	one.rule in {"drop-database", "drop-table", "drop-column", "truncate", "delete-without-where", "merge-deletes", "update-without-where"}
}

kept contains one if {
	some one in problems
	one.kept
}

finding(annotations, one) := {
	"msg": sprintf("%s: `%s`%s. %s", [one.file, one.sql, one.place, annotations.description]),
	"rule": annotations.custom.rule,
	"severity": annotations.custom.severity,
	"fix": annotations.custom.fix,
	"artifact": one.artifact,
	"file": one.file,
	"line": one.line,
}

# A finding about a whole file.
about(annotations, artifact, text) := {
	"msg": concat(" ", [concat("", [statements.file(artifact), text]), annotations.description]),
	"rule": annotations.custom.rule,
	"severity": annotations.custom.severity,
	"fix": annotations.custom.fix,
	"artifact": artifact.name,
	"file": statements.file(artifact),
}

plain(annotations, subject) := {
	"msg": concat(" ", [subject, annotations.description]),
	"rule": annotations.custom.rule,
	"severity": annotations.custom.severity,
	"fix": annotations.custom.fix,
}
