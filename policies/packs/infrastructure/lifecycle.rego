# METADATA
# title: What ends
# description: Resources that are destroyed, replaced or forgotten, and what kept that from happening by mistake.
package cabincrew.lifecycle

import data.cabincrew.plans
import data.cabincrew.problem

ends(resource) := "destroyed" if resource.actions == {"delete"}

ends(resource) := "destroyed and created anew" if resource.actions == {"delete", "create"}

ends(resource) := "no longer managed" if "forget" in resource.actions

problems contains problem.by(resource, rule_of(resource), ["change", "actions"], concat(" ", ["is", ends(resource)])) if {
	some resource in plans.resources
}

rule_of(resource) := "destroy-stateful" if {
	"delete" in resource.actions
	stateful(resource)
}

rule_of(resource) := "destroy" if {
	resource.actions == {"delete"}
	not stateful(resource)
}

rule_of(resource) := "replace" if {
	resource.actions == {"delete", "create"}
	not stateful(resource)
}

rule_of(resource) := "forget" if {
	"forget" in resource.actions
	not "delete" in resource.actions
}

stateful(resource) if data.lists.stateful[resource.type] == true

problems contains problem.by(resource, "protection-off", array.concat(["change", "after"], plans.path_of(name)), text) if {
	some resource in plans.resources
	some name, true in data.attributes.protected[resource.type]
	plans.attribute(resource.change.before, name) == true
	is_object(resource.change.after)
	plans.attribute(resource.change.after, name) != true
	not plans.unknown(resource, name)
	text := concat(" ", ["turns off", name])
}

problems contains problem.by(resource, "protection-off", ["change", "after", "versioning_configuration"], "suspends the versions of objects") if {
	some resource in plans.resources
	resource.type == "aws_s3_bucket_versioning"
	plans.attribute(resource.change.before, "versioning_configuration.0.status") == "Enabled"
	plans.attribute(resource.change.after, "versioning_configuration.0.status") == "Suspended"
}

problems contains problem.of(one, "force-destroy", plans.path_of(name), concat(" ", ["sets", name])) if {
	some one in plans.values
	some name, true in data.attributes.forced[one.resource.type]
	plans.attribute(one.value, name) == true
}

problems contains problem.by(resource, "backups-lowered", array.concat(["change", "after"], plans.path_of(name)), text) if {
	some resource in plans.resources
	some name, true in data.attributes.retention[resource.type]
	old := plans.attribute(resource.change.before, name)
	new := plans.attribute(resource.change.after, name)
	is_number(old)
	is_number(new)
	new < old
	text := sprintf("lowers %s from %v to %v", [name, old, new])
}

problems contains problem.of(one, "no-backups", plans.path_of(name), concat(" ", ["sets", name, "to 0"])) if {
	some one in plans.values
	some name, true in data.attributes.retention[one.resource.type]
	plans.attribute(one.value, name) == 0
	not lowered(one.resource, name)
}

lowered(resource, name) if plans.attribute(resource.change.before, name) > 0
