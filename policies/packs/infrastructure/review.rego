# METADATA
# title: What the change adds
# description: >-
#   A problem that a resource had before is not the change's doing: it is shown, and stops nothing. Destroying, turning off and
#   the like are the change itself.
package cabincrew.review

import data.cabincrew.encryption
import data.cabincrew.exposure
import data.cabincrew.hidden
import data.cabincrew.lifecycle
import data.cabincrew.network
import data.cabincrew.permissions

problems := (((encryption.problems | exposure.problems) | (hidden.problems | lifecycle.problems)) | network.problems) | permissions.problems

before := {[one.artifact, one.rule, one.address, one.text] | some one in problems; one.side == "before"}

# By rule: what was not there before.
fresh[one.rule] contains one if {
	some one in problems
	one.side == "after"
	not known(one)
}

kept contains one if {
	some one in problems
	one.side == "after"
	known(one)
}

known(one) if [one.artifact, one.rule, one.address, one.text] in before

finding(annotations, one) := {
	"msg": sprintf("%s %s. %s", [one.address, one.text, annotations.description]),
	"rule": annotations.custom.rule,
	"severity": annotations.custom.severity,
	"fix": annotations.custom.fix,
	"artifact": one.artifact,
	"file": one.file,
	"line": one.line,
}

# A finding about a whole plan or file.
about(annotations, where, subject) := {
	"msg": concat(" ", [subject, annotations.description]),
	"rule": annotations.custom.rule,
	"severity": annotations.custom.severity,
	"fix": annotations.custom.fix,
	"artifact": where.artifact,
	"file": where.file,
}

plain(annotations, subject) := {
	"msg": concat(" ", [subject, annotations.description]),
	"rule": annotations.custom.rule,
	"severity": annotations.custom.severity,
	"fix": annotations.custom.fix,
}
