# METADATA
# title: What a plan does not show
# description: Programs that run while it is applied, values nobody knows yet, and what changed behind its back.
package cabincrew.hidden

import data.cabincrew.plans
import data.cabincrew.problem

problems contains problem.by(resource, "provisioner", ["address"], text) if {
	some resource in plans.resources
	some provisioner in resource.configured.provisioners
	text := concat(" ", ["runs a", object.get(provisioner, "type", "program"), "provisioner"])
}

# Actions of a provider, which a plan lists beside its resources: what they do is in no resource.
problems contains {
	"rule": "provisioner",
	"side": "after",
	"artifact": plan.artifact,
	"file": plan.file,
	"address": sprintf("%v", [object.get(action, "address", field)]),
	"text": sprintf("runs an action of type %v", [object.get(action, "type", "unknown")]),
	"line": plans.line(plan.lines, [field, i]),
} if {
	some plan in plans.plans
	some field in ["action_invocations", "deferred_action_invocations"]
	some i, action in plan.value[field]
}

# A destroyed resource has no configuration any more, yet what it was told to run at its end stood there.
programs := {"external": "runs a program to read data", "http": "takes data from an address"}

problems contains {
	"rule": "external-data",
	"side": "after",
	"artifact": plan.artifact,
	"file": plan.file,
	"address": address,
	"text": programs[resource.type],
	"line": plans.line(plan.lines, ["configuration", "root_module"]),
} if {
	some plan in plans.plans
	some address, resource in plan.configuration
	resource.mode == "data"
	programs[resource.type]
}

problems contains problem.by(resource, "unknown", ["change", "after_unknown", path[0]], concat(" ", ["does not show", path[0]])) if {
	some resource in plans.resources
	walk(resource.change.after_unknown, [path, true])
	some field in path
	data.lists.security_fields[field] == true
	plans.written(resource, path[0])
}

problems contains {
	"rule": "drift",
	"side": "after",
	"artifact": plan.artifact,
	"file": plan.file,
	"address": resource.address,
	"text": concat(" ", ["was changed outside:", concat(", ", resource.change.actions)]),
	"line": plans.line(plan.lines, ["resource_drift", i]),
} if {
	some plan in plans.plans
	some i, resource in plan.value.resource_drift
	not resource.change.actions == ["no-op"]
}
