# METADATA
# title: Image and resource problems
# description: What decides which code runs, how much it may take, and whether anybody notices that it hangs.
package cabincrew.images

import data.cabincrew.pods
import data.cabincrew.problem

problems contains problem.in_container(container, "image-tag", ["image"], concat(" ", ["runs", container.spec.image])) if {
	some container in pods.containers
	is_string(container.spec.image)
	floating(container.spec.image)
}

floating(image) if {
	not contains(image, "@")
	parts := split(image, "/")
	last := parts[count(parts) - 1]
	tag(last) in {"", "latest"}
	not placeholder(image)
}

tag(last) := substring(last, indexof(last, ":") + 1, -1) if contains(last, ":")

tag(last) := "" if not contains(last, ":")

# Names that a later tool replaces: ko and Skaffold write them, and so do templates with variables.
placeholder(image) if regex.match(`^ko://|\$[{(]|^\$`, image)

# A container without an image is a patch of one that stands elsewhere.
problems contains problem.in_container(container, "no-limits", ["resources"], text) if {
	some container in pods.containers
	container.known
	container.field == "containers"
	is_string(container.spec.image)
	missing := [want.text | some want in wanted; not given(container.spec, want.path)]
	count(missing) > 0
	text := concat(" ", ["has no", concat(" and no ", missing)])
}

wanted := [
	{"path": ["resources", "requests", "cpu"], "text": "CPU request"},
	{"path": ["resources", "limits", "memory"], "text": "memory limit"},
]

# A request that is not given is taken from the limit.
given(spec, path) if object.get(spec, path, null) != null

given(spec, ["resources", "requests", resource]) if object.get(spec, ["resources", "limits", resource], null) != null

problems contains problem.in_container(container, "no-probes", [], "has neither readiness nor liveness probe") if {
	some container in pods.containers
	container.field == "containers"
	is_string(container.spec.image)
	container.manifest.value.kind in pods.long_running
	not container.spec.readinessProbe
	not container.spec.livenessProbe
}
