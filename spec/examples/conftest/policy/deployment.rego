# As it is written for `conftest test --policy policy deployment.yaml`; nothing in it knows of cabincrew.
package main

import data.lib.kubernetes

deny_root contains msg if {
	kubernetes.workload
	not input.spec.template.spec.securityContext.runAsNonRoot
	msg := sprintf("%s %s must not run as root", [input.kind, input.metadata.name])
}

violation contains {"msg": msg, "details": {"replicas": input.spec.replicas}} if {
	kubernetes.workload
	input.spec.replicas > data.limits.replicas
	msg := sprintf("%s asks for %d replicas", [input.metadata.name, input.spec.replicas])
}

warn contains msg if {
	kubernetes.workload
	not input.metadata.labels.owner
	msg := sprintf("%s in %s has no owner", [input.metadata.name, data.conftest.file.name])
}

# The node agent has to; conftest and cabincrew both count what it is excused.
exception contains rules if {
	input.metadata.name == "node-agent"
	rules := ["root"]
}
