# METADATA
# title: Pods
# description: Pod templates and containers of every workload, of the kinds Kubernetes has and of those that others add.
package cabincrew.pods

import data.cabincrew.manifests

templates := {["template", "spec"], ["spec", "template", "spec"], ["spec", "jobTemplate", "spec", "template", "spec"]}

fields := {"containers", "initContainers", "ephemeralContainers"}

long_running := {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"}

pods := [{"manifest": manifest, "at": at, "spec": spec} |
	some manifest in manifests.objects
	some at in paths(manifest.value.kind)
	spec := object.get(manifest.value, at, null)
	has_containers(spec)
]

paths("Pod") := templates | {["spec"]}

paths(kind) := templates if kind != "Pod"

has_containers(spec) if {
	some field in fields
	is_array(spec[field])
}

containers := [{
	"manifest": pod.manifest,
	"at": array.concat(pod.at, [field, i]),
	"field": field,
	"pod": pod.spec,
	"spec": container,
	"title": concat(" ", ["container", container_name(container, i)]),
} |
	some pod in pods
	some field in fields
	some i, container in pod.spec[field]
	is_object(container)
]

container_name(container, _) := container.name if is_string(container.name)

container_name(container, i) := format_int(i, 10) if not is_string(container.name)
