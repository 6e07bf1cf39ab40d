package cabincrew.infrastructure

import data.cabincrew.plans
import data.cabincrew.review
import data.cabincrew.settings
import data.cabincrew.text

# METADATA
# title: A document these rules understand
# description: The plan does not have the form these rules are written for, so they would see nothing in it.
# custom:
#   rule: infrastructure/input-unknown
#   severity: critical
#   fix: Use the policy pack that belongs to this version of cabincrew.
deny contains finding if {
	not settings.understood
	finding := review.plain(rego.metadata.rule(), "infrastructure:")
}

# METADATA
# title: Thresholds that are numbers
# description: is missing from the thresholds or not a number, so its rule would never speak.
# custom:
#   rule: infrastructure/threshold-invalid
#   severity: critical
#   fix: Give it a number in the governance configuration, or leave it out to get the default.
deny contains finding if {
	some name in settings.thresholds
	not settings.number(name)
	finding := review.plain(rego.metadata.rule(), name)
}

# METADATA
# title: Lists that are lists
# description: is missing from the lists or not an object of names and booleans, so its rule would judge wrongly.
# custom:
#   rule: infrastructure/list-invalid
#   severity: critical
#   fix: 'Write it as {"name": true}, attributes as {"type": {"attribute": true}}, in the governance configuration.'
deny contains finding if {
	some name in settings.broken
	finding := review.plain(rego.metadata.rule(), name)
}

# METADATA
# title: Known settings
# description: is not a setting of these rules, so it would have no effect.
# custom:
#   rule: infrastructure/setting-unknown
#   severity: critical
#   fix: Correct its name in the governance configuration.
deny contains finding if {
	some name in settings.unknown
	finding := review.plain(rego.metadata.rule(), name)
}

# METADATA
# title: Plans of a known format
# description: has a format these rules were not written for, so they might see nothing in it.
# custom:
#   rule: infrastructure/format-unknown
#   severity: critical
#   fix: Use the policy pack that knows this format.
deny contains finding if {
	some plan in plans.plans
	not regex.match(`^[01]\.`, plan.value.format_version)
	finding := review.about(rego.metadata.rule(), plan, plan.file)
}

# METADATA
# title: Plans without errors
# description: was made with errors, so it shows only a part of what would happen.
# custom:
#   rule: infrastructure/plan-errored
#   severity: critical
#   fix: Correct the configuration and plan again.
deny contains finding if {
	some plan in plans.plans
	plan.value.errored == true
	finding := review.about(rego.metadata.rule(), plan, plan.file)
}

# METADATA
# title: Complete plans
# description: leaves changes for a later plan, so it does not show all that will happen.
# custom:
#   rule: infrastructure/plan-incomplete
#   severity: medium
#   fix: Have it approved, and look at the plan that follows.
require_approval contains finding if {
	some plan in plans.plans
	plan.value.complete == false
	not plan.value.errored
	finding := review.about(rego.metadata.rule(), plan, plan.file)
}

# METADATA
# title: Plans that can be read
# description: If it is a plan, nothing judged it.
# custom:
#   rule: infrastructure/unread
#   severity: high
#   fix: Split the plan (-target, smaller states), or have it approved by somebody who read all of it.
require_approval contains finding if {
	some artifact in input.artifacts
	artifact.unreadable
	may_be_plan(artifact)
	subject := sprintf("%s: %s.", [plans.file(artifact), artifact.unreadable])
	where := {"artifact": artifact.name, "file": plans.file(artifact)}
	finding := review.about(rego.metadata.rule(), where, subject)
}

# What an engine made for its own take-off, or a file whose name says it is a plan.
may_be_plan(artifact) if {
	endswith(plans.file(artifact), ".json")
	not artifact.change
}

may_be_plan(artifact) if {
	object.get(artifact, ["change", "entry"], "") == "file"
	regex.match(`(?i)plan[^/]*\.json$`, artifact.change.path)
}

# METADATA
# title: Large plans
# description: They are more than one can judge with care in one sitting.
# custom:
#   rule: infrastructure/many-changes
#   severity: low
#   fix: Split the change if it can be split.
warn contains finding if {
	some plan in plans.plans
	number := changed(plan)
	number > data.thresholds.warn_changes
	number <= data.thresholds.approve_changes
	finding := review.about(rego.metadata.rule(), plan, sprintf("%d changes are planned.", [number]))
}

# METADATA
# title: Very large plans
# description: They are more than anybody reads without being asked to.
# custom:
#   rule: infrastructure/too-many-changes
#   severity: medium
#   fix: Split the change, or have it approved.
require_approval contains finding if {
	some plan in plans.plans
	number := changed(plan)
	number > data.thresholds.approve_changes
	finding := review.about(rego.metadata.rule(), plan, sprintf("%d changes are planned.", [number]))
}

# METADATA
# title: No mass destruction
# description: So many at once are nearly always the sign of a wrong workspace, a wrong state or a lost variable.
# custom:
#   rule: infrastructure/mass-destruction
#   severity: critical
#   fix: Check workspace, state and variables; raise the threshold for a run that is meant to end an environment.
deny contains finding if {
	some plan in plans.plans
	number := count([resource |
		some resource in plans.resources
		resource.plan.artifact == plan.artifact
		"delete" in resource.actions
	])
	number > data.thresholds.deny_destroyed
	finding := review.about(rego.metadata.rule(), plan, sprintf("%d resources are destroyed.", [number]))
}

changed(plan) := count([resource | some resource in plans.resources; resource.plan.artifact == plan.artifact])

# METADATA
# title: Resources stay guarded
# description: loses prevent_destroy from a resource, so the next plan may destroy it.
# custom:
#   rule: infrastructure/prevent-destroy-removed
#   severity: high
#   fix: Keep the guard, or have it approved.
require_approval contains finding if {
	some artifact in text.files
	text.unguarded(artifact.change)
	where := {"artifact": artifact.name, "file": artifact.change.path}
	finding := review.about(rego.metadata.rule(), where, artifact.change.path)
}

# METADATA
# title: No networks open to everybody
# description: gets a line that lets every address in.
# custom:
#   rule: infrastructure/open-network
#   severity: medium
#   fix: List the networks that need it, or have it approved.
require_approval contains finding if {
	some artifact in text.files
	some line in artifact.change.added
	text.opens(artifact, line)
	where := {"artifact": artifact.name, "file": artifact.change.path}
	finding := object.union(review.about(rego.metadata.rule(), where, artifact.change.path), {"line": line.line})
}

# METADATA
# title: Problems that were there before
# description: It was so before this change, which does not touch it.
# custom:
#   rule: infrastructure/kept
#   severity: low
#   fix: Put it right in a change of its own.
warn contains finding if {
	some one in review.kept
	finding := review.finding(rego.metadata.rule(), one)
}
