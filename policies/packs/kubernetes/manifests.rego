# METADATA
# title: Manifests
# description: >-
#   Every Kubernetes object in the plan, before and after, wherever it lies: alone, in files of several documents, in lists, and
#   in objects and texts of other tools, which the parser gives as documents of their own.
#   An object is known by group, kind, namespace and name, so that it is found again when it moves within its file.
package cabincrew.manifests

# What a file holds after take-off, and what it held before where that is known.
objects := array.concat(
	[manifest |
		some artifact in input.artifacts
		some document in artifact.documents
		some manifest in found(artifact, "after", document)
	],
	[manifest |
		some artifact in input.artifacts
		some document in artifact.before.documents
		some manifest in found(artifact, "before", document)
	],
)

found(artifact, side, document) := [described(artifact, side, document, at, value) |
	some at, value in members(document.value)
	is_string(value.apiVersion)
	is_string(value.kind)
]

# Whatever has a list of items is a list to kubectl, lists in lists too, and what the items do not say of themselves the list
# says for them: `PodList` holds pods.
members(value) := object.union(itself(value), {path: whole(value, node) |
	walk(value.items, [steps, node])
	is_object(node)
	not holds_items(node)
	count(steps) % 2 == 1
	every i, step in steps {
		nested(i, step)
	}
	path := array.concat(["items"], steps)
}) if {
	is_array(value.items)
} else := {[]: value}

holds_items(node) if is_array(node.items)

# Others than kubectl may go by the kind.
itself(value) := {} if endswith(value.kind, "List")

else := {[]: value}

whole(list, node) := object.union(node, {"apiVersion": list.apiVersion, "kind": trim_suffix(list.kind, "List")}) if {
	object.get(node, "kind", "") == ""
	object.get(node, "apiVersion", "") == ""
	is_string(list.apiVersion)
	is_string(list.kind)
} else := node

nested(i, step) if {
	i % 2 == 0
	is_number(step)
}

nested(i, "items") if i % 2 == 1

described(artifact, side, document, at, value) := {
	"artifact": artifact.name,
	"file": file(artifact),
	"side": side,
	"at": at,
	"embedded": object.get(document, "embedded", "") != "",
	"lines": object.get(document, "lines", {}),
	"value": value,
	"id": concat("/", [group(value.apiVersion), value.kind, place(value), name(value)]),
	"title": concat(" ", [value.kind, trim_left(concat("/", [place(value), name(value)]), "/")]),
}

file(artifact) := artifact.change.path

file(artifact) := object.get(artifact, "target", artifact.name) if not artifact.change

group(version) := split(version, "/")[0] if contains(version, "/")

group(version) := "" if not contains(version, "/")

place(value) := text_at(value, ["metadata", "namespace"])

name(value) := text_at(value, ["metadata", "name"]) if text_at(value, ["metadata", "name"]) != ""

name(value) := text_at(value, ["metadata", "generateName"]) if text_at(value, ["metadata", "name"]) == ""

text_at(value, path) := text if {
	text := object.get(value, path, "")
	is_string(text)
} else := ""

# The line of the deepest part of a path that stands in the text; 1 where no lines are known.
line(lines, path) := lines[pointer(array.slice(path, 0, depth))] if {
	depth := max([n | some n in numbers.range(0, count(path)); lines[pointer(array.slice(path, 0, n))]])
} else := 1

pointer(path) := concat("", [concat("", ["/", step_text(step)]) | some step in path])

step_text(step) := format_int(step, 10) if is_number(step)

step_text(step) := replace(replace(step, "~", "~0"), "/", "~1") if is_string(step)
