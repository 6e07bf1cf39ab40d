# METADATA
# title: Access problems
# description: Who may do what in the cluster, and what of it can be reached from outside.
package cabincrew.access

import data.cabincrew.manifests
import data.cabincrew.problem

bindings := {"ClusterRoleBinding", "RoleBinding"}

roles := {"ClusterRole", "Role"}

problems contains problem.of(manifest, "cluster-admin", ["roleRef"], text) if {
	some manifest in manifests.objects
	manifest.value.kind in bindings
	data.lists.administrator_roles[manifest.value.roleRef.name] == true
	text := sprintf("gives %s to %s", [manifest.value.roleRef.name, subjects(manifest.value)])
}

problems contains problem.of(manifest, "anonymous-binding", ["subjects", i], text) if {
	some manifest in manifests.objects
	manifest.value.kind in bindings
	some i, subject in manifest.value.subjects
	subject.name in {"system:anonymous", "system:unauthenticated", "system:authenticated"}
	not public(manifest.value)
	text := sprintf("gives %v to %s", [object.get(manifest.value, ["roleRef", "name"], "a role"), subject.name])
}

# What every cluster gives to everybody by itself.
public(binding) if binding.roleRef.name in public_roles

public_roles := {"system:public-info-viewer", "system:discovery", "system:basic-user"}

subjects(value) := concat(", ", sort({concat(" ", [object.get(subject, "kind", "subject"), subject.name]) |
	some subject in value.subjects
	is_string(subject.name)
}))

problems contains problem.of(manifest, "wildcard-role", ["rules", i], "allows every verb on every resource") if {
	some manifest in manifests.objects
	manifest.value.kind in roles
	some i, rule in manifest.value.rules
	"*" in rule.verbs
	"*" in rule.resources
}

problems contains problem.of(manifest, "wide-role", ["rules", i, field], text) if {
	some manifest in manifests.objects
	manifest.value.kind in roles
	some i, rule in manifest.value.rules
	not everything(rule)
	some field, other in {"verbs": "resources", "resources": "verbs"}
	"*" in rule[field]
	text := sprintf("has a wildcard in %s for %s", [field, names(object.get(rule, other, object.get(rule, "nonResourceURLs", [])))])
}

names(list) := concat(", ", sort([name | some name in list; is_string(name)]))

everything(rule) if {
	"*" in rule.verbs
	"*" in rule.resources
}

problems contains problem.of(manifest, "escalating-role", ["rules", i, "verbs"], concat(" ", ["allows", verb])) if {
	some manifest in manifests.objects
	manifest.value.kind in roles
	some i, rule in manifest.value.rules
	some verb in rule.verbs
	verb in {"escalate", "bind", "impersonate"}
}

problems contains problem.of(manifest, "exposed-service", ["spec", "type"], concat(" ", ["is a service of type", type])) if {
	some manifest in manifests.objects
	manifest.value.kind == "Service"
	manifest.value.apiVersion == "v1"
	type := manifest.value.spec.type
	type in {"LoadBalancer", "NodePort"}
	not inside_only(manifest.value)
}

problems contains problem.of(manifest, "exposed-service", ["spec", "externalIPs"], "takes over external addresses") if {
	some manifest in manifests.objects
	manifest.value.kind == "Service"
	manifest.value.apiVersion == "v1"
	count(manifest.value.spec.externalIPs) > 0
}

# Cloud providers keep a load balancer inside the network by an annotation, each by its own.
inside_only(value) if {
	some key, setting in value.metadata.annotations
	contains(key, "internal")
	lower(sprintf("%v", [setting])) in {"true", "internal", "0.0.0.0/0"}
}

inside_only(value) if {
	some key, setting in value.metadata.annotations
	key in {"networking.gke.io/load-balancer-type", "cloud.google.com/load-balancer-type", "service.beta.kubernetes.io/aws-load-balancer-scheme"}
	lower(setting) == "internal"
}

problems contains problem.of(manifest, "ingress-without-tls", ["spec"], "takes requests without TLS") if {
	some manifest in manifests.objects
	manifest.value.kind == "Ingress"
	not encrypted(manifest.value)
	not certificate(manifest.value)
}

encrypted(value) if count(value.spec.tls) > 0

certificate(value) if {
	some key, _ in value.metadata.annotations
	regex.match(`(?i)certificate|ssl-cert|pre-shared-cert|tls`, key)
}

problems contains problem.of(manifest, "unrestricted-namespace", ["metadata", "labels"], "lets privileged pods in") if {
	some manifest in manifests.objects
	manifest.value.kind == "Namespace"
	manifest.value.metadata.labels["pod-security.kubernetes.io/enforce"] == "privileged"
}
