package cabincrew.kubernetes

import data.cabincrew.review

# METADATA
# title: No privileged containers
# description: A privileged container can do on the node whatever root can do there.
# custom:
#   rule: kubernetes/privileged
#   severity: critical
#   fix: Leave privileged out and add the one capability that is needed.
deny contains finding if {
	some one in review.fresh.privileged
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: No paths of the node
# description: Through a path of the node a pod reads and changes what belongs to the node and to other pods.
# custom:
#   rule: kubernetes/host-path
#   severity: high
#   fix: Use a persistent volume claim, emptyDir, configMap or projected volume.
deny contains finding if {
	some one in review.fresh["host-path"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: No namespaces of the node
# description: The pod then sees the traffic, processes or memory of everything on the node.
# custom:
#   rule: kubernetes/host-namespace
#   severity: high
#   fix: Remove it; a Service reaches the pod without.
deny contains finding if {
	some one in review.fresh["host-namespace"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Capabilities that are harmless
# description: It is not among the capabilities that keep a container apart from the node.
# custom:
#   rule: kubernetes/capability
#   severity: high
#   fix: Remove it from capabilities.add, or allow it by name in the lists of this pack.
deny contains finding if {
	some one in review.fresh.capability
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: No ports of the node
# description: A port of the node is reached from wherever the node is, past every Service and most network policies.
# custom:
#   rule: kubernetes/host-port
#   severity: medium
#   fix: Use a Service, or have it approved.
require_approval contains finding if {
	some one in review.fresh["host-port"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: No privilege escalation
# description: Programs with set-user-id bits can then get more rights than the container was started with.
# custom:
#   rule: kubernetes/privilege-escalation
#   severity: medium
#   fix: Set allowPrivilegeEscalation to false, or have it approved.
require_approval contains finding if {
	some one in review.fresh["privilege-escalation"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: No root in containers
# description: Root in a container is one kernel error away from root on the node.
# custom:
#   rule: kubernetes/root
#   severity: medium
#   fix: Run as a user of its own with runAsNonRoot true, or have it approved.
require_approval contains finding if {
	some one in review.fresh.root
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Confined containers
# description: Kernel interfaces that attacks begin with are open to it.
# custom:
#   rule: kubernetes/unconfined
#   severity: medium
#   fix: Use the seccomp profile RuntimeDefault and the default procMount.
require_approval contains finding if {
	some one in review.fresh.unconfined
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Service accounts of their own
# description: Whoever gets into the pod gets the token, with whatever the namespace gave that account.
# custom:
#   rule: kubernetes/default-service-account
#   severity: low
#   fix: Name a service account, or set automountServiceAccountToken to false.
warn contains finding if {
	some one in review.fresh["default-service-account"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Nothing dangerous in what becomes a pod
# description: Whatever makes a pod of it takes the pod out of its confinement.
# custom:
#   rule: kubernetes/passed-on
#   severity: high
#   fix: Remove the setting, or have it approved by somebody who knows what becomes of it.
require_approval contains finding if {
	some one in review.fresh["passed-on"]
	finding := review.finding(rego.metadata.rule(), one)
}
