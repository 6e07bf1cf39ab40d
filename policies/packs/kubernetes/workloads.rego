# METADATA
# title: Workload problems
# description: What pods and containers are allowed to do on the node they run on.
package cabincrew.workloads

import data.cabincrew.pods
import data.cabincrew.problem

problems contains problem.in_container(container, "privileged", ["securityContext", "privileged"], "is privileged") if {
	some container in pods.containers
	container.spec.securityContext.privileged == true
}

problems contains problem.in_container(container, "privileged", ["securityContext", "windowsOptions"], "runs as a Windows host process") if {
	some container in pods.containers
	container.spec.securityContext.windowsOptions.hostProcess == true
}

problems contains problem.of(pod.manifest, "privileged", array.concat(pod.at, ["securityContext", "windowsOptions"]), "the pod runs as a Windows host process") if {
	some pod in pods.pods
	pod.spec.securityContext.windowsOptions.hostProcess == true
}

problems contains problem.of(pod.manifest, "host-path", array.concat(pod.at, ["volumes", i, "hostPath"]), text) if {
	some pod in pods.pods
	some i, volume in pod.spec.volumes
	volume.hostPath
	text := sprintf("mounts %v of the node", [object.get(volume.hostPath, "path", "a path")])
}

problems contains problem.of(pod.manifest, "host-namespace", array.concat(pod.at, [field]), concat("", ["sets ", field])) if {
	some pod in pods.pods
	some field in ["hostNetwork", "hostPID", "hostIPC"]
	pod.spec[field] == true
}

problems contains problem.in_container(container, "host-port", ["ports", i, "hostPort"], text) if {
	some container in pods.containers
	some i, port in container.spec.ports
	is_number(port.hostPort)
	port.hostPort != 0
	text := sprintf("takes port %v of the node", [port.hostPort])
}

problems contains problem.in_container(container, "capability", ["securityContext", "capabilities", "add", i], text) if {
	some container in pods.containers
	some i, capability in container.spec.securityContext.capabilities.add
	not allowed_capability(capability)
	text := sprintf("adds the capability %v", [capability])
}

# The kernel's names are written with and without their prefix.
allowed_capability(capability) if data.lists.allowed_capabilities[trim_prefix(upper(capability), "CAP_")] == true

problems contains problem.in_container(container, "privilege-escalation", ["securityContext", "allowPrivilegeEscalation"], "allows privilege escalation") if {
	some container in pods.containers
	container.spec.securityContext.allowPrivilegeEscalation == true
}

problems contains problem.in_container(container, "root", ["securityContext"], "runs as root") if {
	some container in pods.containers
	as_root(container)
}

# What the container says of itself goes before what the pod says.
as_root(container) if object.get(container.spec, ["securityContext", "runAsUser"], pod_user(container)) == 0

as_root(container) if {
	object.get(container.spec, ["securityContext", "runAsNonRoot"], pod_non_root(container)) == false
	object.get(container.spec, ["securityContext", "runAsUser"], pod_user(container)) == null
}

pod_user(container) := object.get(container.pod, ["securityContext", "runAsUser"], null)

pod_non_root(container) := object.get(container.pod, ["securityContext", "runAsNonRoot"], null)

problems contains problem.in_container(container, "unconfined", ["securityContext"], "runs without seccomp") if {
	some container in pods.containers
	container.spec.securityContext.seccompProfile.type == "Unconfined"
}

problems contains problem.of(pod.manifest, "unconfined", array.concat(pod.at, ["securityContext"]), "the pod runs without seccomp") if {
	some pod in pods.pods
	pod.spec.securityContext.seccompProfile.type == "Unconfined"
}

problems contains problem.in_container(container, "unconfined", ["securityContext"], "sees all of /proc") if {
	some container in pods.containers
	container.spec.securityContext.procMount == "Unmasked"
}

problems contains problem.of(pod.manifest, "default-service-account", pod.at, "uses the default service account with its token") if {
	some pod in pods.pods
	pod.known
	object.get(pod.spec, "serviceAccountName", object.get(pod.spec, "serviceAccount", "default")) in {"", "default", null}
	object.get(pod.spec, "automountServiceAccountToken", true) != false
	some container in pod.spec.containers
	is_string(container.image)
}
