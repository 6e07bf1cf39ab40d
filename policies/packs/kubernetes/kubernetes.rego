package cabincrew.kubernetes

import data.cabincrew.review
import data.cabincrew.settings
import data.cabincrew.unseen

# METADATA
# title: A document these rules understand
# description: The plan does not have the form these rules are written for, so they would see nothing in it.
# custom:
#   rule: kubernetes/input-unknown
#   severity: critical
#   fix: Use the policy pack that belongs to this version of cabincrew.
deny contains finding if {
	not settings.understood
	finding := review.plain(rego.metadata.rule(), "kubernetes:")
}

# METADATA
# title: Lists that are lists
# description: is missing from the lists or not an object of names and booleans, so its rule would judge wrongly.
# custom:
#   rule: kubernetes/list-invalid
#   severity: critical
#   fix: 'Write it as {"name": true} in the governance configuration.'
deny contains finding if {
	some name in settings.lists
	not settings.well_formed(name)
	finding := review.plain(rego.metadata.rule(), name)
}

# METADATA
# title: Known lists
# description: is not a list of these rules, so it would have no effect.
# custom:
#   rule: kubernetes/list-unknown
#   severity: critical
#   fix: Correct its name in the governance configuration.
deny contains finding if {
	some name, _ in data.lists
	not name in settings.lists
	finding := review.plain(rego.metadata.rule(), name)
}

# METADATA
# title: Manifests that can be read
# description: Nothing judged what it would do in the cluster.
# custom:
#   rule: kubernetes/unread
#   severity: high
#   fix: Correct or split the file, or have it approved by somebody who read it.
require_approval contains finding if {
	some artifact in unseen.files
	unseen.manifest(artifact)
	not unseen.template(artifact)
	finding := review.about(rego.metadata.rule(), artifact, concat("", [" looks like a manifest, but ", artifact.unreadable, "."]))
}

# METADATA
# title: Texts that hold manifests
# description: Nothing judged what it would do in the cluster.
# custom:
#   rule: kubernetes/unread-part
#   severity: medium
#   fix: Correct the text, or have it approved by somebody who read it.
require_approval contains finding if {
	some artifact in input.artifacts
	some document in artifact.documents
	document.unreadable
	subject := sprintf(" holds at %s a manifest that cannot be read: %s.", [document.embedded, document.unreadable])
	finding := object.union(
		review.about(rego.metadata.rule(), artifact, subject),
		{"line": object.get(document.lines, "", 1)},
	)
}

# METADATA
# title: Templates
# description: is a template of manifests; only its added lines were judged, not what it becomes.
# custom:
#   rule: kubernetes/template
#   severity: low
#   fix: Let a plan render it (helm template) so that the result is judged.
warn contains finding if {
	some artifact in unseen.files
	unseen.template(artifact)
	finding := review.about(rego.metadata.rule(), artifact, "")
}

# METADATA
# title: Dangerous lines in templates
# description: is a template that gets a line which takes a container out of its confinement or gives every right.
# custom:
#   rule: kubernetes/template-line
#   severity: high
#   fix: Remove the line, or have it approved.
require_approval contains finding if {
	some artifact in unseen.files
	unseen.template(artifact)
	some line in artifact.change.added
	unseen.dangerous(line.text)
	finding := object.union(review.about(rego.metadata.rule(), artifact, ""), {"line": line.line})
}

# METADATA
# title: Objects that hold data
# description: is removed; where manifests are applied with pruning, the object and what it holds are deleted with it.
# custom:
#   rule: kubernetes/removed
#   severity: high
#   fix: Keep it, or have it approved by somebody who knows what it holds.
require_approval contains finding if {
	some manifest in review.deleted
	data.lists.lasting_kinds[manifest.value.kind] == true
	subject := sprintf("%s: %s", [manifest.file, manifest.title])
	finding := object.union(
		review.plain(rego.metadata.rule(), subject),
		{"artifact": manifest.artifact, "file": manifest.file},
	)
}

# METADATA
# title: Problems that were there before
# description: It was so before this change, which does not touch it.
# custom:
#   rule: kubernetes/kept
#   severity: low
#   fix: Put it right in a change of its own.
warn contains finding if {
	some one in review.kept
	not one.rule in {"no-limits", "no-probes", "default-service-account"}
	finding := review.finding(rego.metadata.rule(), one)
}
