# METADATA
# title: Pods
# description: Pod templates and containers of every workload, of the kinds Kubernetes has and of those that others add.
package cabincrew.pods

import data.cabincrew.manifests

templates := {["template", "spec"], ["spec", "template", "spec"], ["spec", "jobTemplate", "spec", "template", "spec"]}

fields := {"containers", "initContainers", "ephemeralContainers"}

long_running := {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"}

# Pods where Kubernetes itself has them, and parts of custom resources that look like one.
pods := array.concat(
	[{"manifest": manifest, "at": at, "spec": spec, "known": true} |
		some manifest in manifests.objects
		some at in paths(manifest.value.kind)
		spec := object.get(manifest.value, at, null)
		has_containers(spec)
	],
	[{"manifest": manifest, "at": at, "spec": node, "known": false} |
		some manifest in custom
		some at, node in parts(manifest)
		not at in paths(manifest.value.kind)
		like_a_pod(node)
	],
)

paths("Pod") := templates | {["spec"]}

paths(kind) := templates if kind != "Pod"

has_containers(spec) if {
	some field in fields
	is_array(spec[field])
}

# Argo's workflows, Tekton's tasks, operators: whoever defines a kind says what its pods are called. Schemas of kinds hold none.
custom := [manifest |
	some manifest in manifests.objects
	not manifests.group(manifest.value.apiVersion) in {"", "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "rbac.authorization.k8s.io", "storage.k8s.io", "apiextensions.k8s.io"}
	is_object(manifest.value.spec)
]

# Every object below the spec. A manifest in it is a document of its own.
parts(manifest) := {array.concat(["spec"], path): node |
	walk(manifest.value.spec, [path, node])
	is_object(node)
	not within_manifest(manifest.value.spec, path)
}

within_manifest(spec, path) if {
	some n in numbers.range(1, count(path))
	node := object.get(spec, array.slice(path, 0, n), null)
	is_string(node.apiVersion)
	is_string(node.kind)
}

single_fields := {"container", "script"}

list_fields := fields | {"sidecars", "steps"}

like_a_pod(node) if {
	some field in list_fields
	is_array(node[field])
	is_string(node[field][_].image)
}

like_a_pod(node) if {
	some field in list_fields
	is_array(node[field])
	is_object(node[field][_].securityContext)
}

like_a_pod(node) if {
	some field in single_fields
	is_string(node[field].image)
}

like_a_pod(node) if {
	some field in ["hostNetwork", "hostPID", "hostIPC"]
	node[field] == true
}

like_a_pod(node) if {
	is_array(node.volumes)
	node.volumes[_].hostPath
}

containers := array.concat(
	[{
		"manifest": pod.manifest,
		"at": array.concat(pod.at, [field, i]),
		"field": field,
		"pod": pod.spec,
		"known": pod.known,
		"spec": container,
		"title": concat(" ", ["container", container_name(container, i)]),
	} |
		some pod in pods
		some field in known_fields(pod)
		some i, container in pod.spec[field]
		is_object(container)
	],
	[{
		"manifest": pod.manifest,
		"at": array.concat(pod.at, [field]),
		"field": field,
		"pod": pod.spec,
		"known": false,
		"spec": container,
		"title": concat(" ", ["container", container_name(container, field)]),
	} |
		some pod in pods
		not pod.known
		some field in single_fields
		container := pod.spec[field]
		is_object(container)
	],
)

known_fields(pod) := fields if pod.known

known_fields(pod) := list_fields if not pod.known

container_name(container, i) := name if {
	name := container.name
	is_string(name)
} else := sprintf("%v", [i])
