# METADATA
# title: What the change adds
# description: >-
#   A problem that the file had before is not the change's doing: it is shown, and stops nothing. Where the old text is not
#   known everything counts as new. A manifest that only moves from a deleted file into another keeps what it had.
package cabincrew.review

import data.cabincrew.access
import data.cabincrew.custom
import data.cabincrew.images
import data.cabincrew.manifests
import data.cabincrew.secrets
import data.cabincrew.workloads

problems := ((access.problems | custom.problems) | (images.problems | secrets.problems)) | workloads.problems

before := {[one.artifact, one.rule, one.id, one.text] | some one in problems; one.side == "before"}

moved := {[one.rule, one.id, one.text] |
	some one in problems
	one.side == "before"
	one.artifact in deleted_files
}

deleted_files := {artifact.name | some artifact in input.artifacts; artifact.change.op == "delete"}

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

known(one) if [one.artifact, one.rule, one.id, one.text] in before

known(one) if [one.rule, one.id, one.text] in moved

# Objects that were in some file and are in none now.
deleted contains manifest if {
	some manifest in manifests.objects
	manifest.side == "before"
	not manifest.embedded
	not manifest.id in after
}

after := {manifest.id | some manifest in manifests.objects; manifest.side == "after"}

finding(annotations, one) := {
	"msg": sprintf("%s: %s: %s. %s", [one.file, one.title, one.text, annotations.description]),
	"rule": annotations.custom.rule,
	"severity": annotations.custom.severity,
	"fix": annotations.custom.fix,
	"artifact": one.artifact,
	"file": one.file,
	"line": one.line,
}

# A finding about a whole file.
about(annotations, artifact, text) := {
	"msg": concat(" ", [concat("", [manifests.file(artifact), text]), annotations.description]),
	"rule": annotations.custom.rule,
	"severity": annotations.custom.severity,
	"fix": annotations.custom.fix,
	"artifact": artifact.name,
	"file": manifests.file(artifact),
}

plain(annotations, subject) := {
	"msg": concat(" ", [subject, annotations.description]),
	"rule": annotations.custom.rule,
	"severity": annotations.custom.severity,
	"fix": annotations.custom.fix,
}
