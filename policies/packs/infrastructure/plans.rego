# METADATA
# title: Terraform and OpenTofu plans
# description: >-
#   Plans as `terraform show -json` writes them, known by their content, and the resources they act on with their values before
#   and after.
package cabincrew.plans

plans := [{"artifact": artifact.name, "file": file(artifact), "lines": object.get(document, "lines", {}), "value": document.value, "configuration": configuration(document.value)} |
	some artifact in input.artifacts
	some document in artifact.documents
	is_plan(document.value)
]

is_plan(value) if {
	is_string(value.format_version)
	is_array(value.resource_changes)
}

is_plan(value) if {
	is_string(value.format_version)
	is_object(value.planned_values)
}

# Resources the plan does something to, reading aside.
resources := [{
	"plan": {"artifact": plan.artifact, "file": plan.file, "lines": plan.lines},
	"at": ["resource_changes", i],
	"address": resource.address,
	"type": resource.type,
	"change": resource.change,
	"actions": actions,
	"configured": object.get(plan.configuration, without_indexes(resource.address), null),
} |
	some plan in plans
	some i, resource in plan.value.resource_changes
	resource.mode == "managed"
	actions := {action | some action in resource.change.actions}
	count(actions & {"create", "update", "delete", "forget"}) > 0
]

# What a resource is now and what it becomes.
values := [{"resource": resource, "side": side, "value": resource.change[side]} |
	some resource in resources
	some side in ["before", "after"]
	is_object(resource.change[side])
]

# Every configured resource of every module, by its address without indexes.
configuration(plan) := {address: resource |
	walk(plan.configuration.root_module, [path, resource])
	is_object(resource)
	is_string(resource.address)
	is_string(resource.type)
	path[count(path) - 2] == "resources"
	modules := [concat(".", ["module", path[i + 1]]) | some i, step in path; step == "module_calls"; i < count(path) - 1]
	address := concat(".", array.concat(modules, [resource.address]))
}

# A key may hold brackets itself.
without_indexes(address) := concat("", regex.split(`\[(?:"(?:[^"\\]|\\.)*"|[^"\]]*)\]`, address))

file(artifact) := artifact.change.path

file(artifact) := object.get(artifact, "target", artifact.name) if not artifact.change

# The line of the deepest part of a path that stands in the text; 1 where no lines are known.
line(lines, path) := lines[pointer(array.slice(path, 0, depth))] if {
	depth := max([n | some n in numbers.range(0, count(path)); lines[pointer(array.slice(path, 0, n))]])
} else := 1

pointer(path) := concat("", [concat("", ["/", step_text(step)]) | some step in path])

step_text(step) := format_int(step, 10) if is_number(step)

step_text(step) := replace(replace(step, "~", "~0"), "/", "~1") if is_string(step)

# "settings.0.enabled" in a list of attributes, as a path.
path_of(attribute) := [step_of(step) | some step in split(attribute, ".")]

step_of(step) := to_number(step) if regex.match(`^[0-9]+$`, step)

step_of(step) := step if not regex.match(`^[0-9]+$`, step)

attribute(value, name) := object.get(value, path_of(name), null)

# Known only once the change is made.
unknown(resource, name) if object.get(resource.change.after_unknown, path_of(name), false) == true

unknown(resource, name) if resource.change.after_unknown[path_of(name)[0]] == true

# Whether somebody wrote the attribute down, rather than left it to the provider.
written(resource, name) if resource.configured.expressions[path_of(name)[0]]

written(resource, _) if resource.configured == null
