# METADATA
# title: Settings that other tools turn into pods
# description: >-
#   Values of charts, patches and fields of custom resources: what they become is not known here, but some settings mean the same
#   wherever they end up.
package cabincrew.custom

import data.cabincrew.pods
import data.cabincrew.problem

switches := {"privileged", "hostNetwork", "hostPID", "hostIPC", "allowPrivilegeEscalation"}

problems contains problem.of(manifest, "passed-on", path, concat("", ["sets ", switch])) if {
	some manifest in pods.custom
	some at, node in pods.parts(manifest)
	some switch in switches
	node[switch] == true
	path := array.concat(at, [switch])
	not in_pod(path)
	not pods.like_a_pod(node)
}

# Rules about pods speak of those.
in_pod(path) if {
	some step in path
	is_string(step)
	step in (pods.list_fields | pods.single_fields)
}

problems contains problem.of(manifest, "passed-on", at, concat(" ", ["passes on a text that says", match])) if {
	some manifest in pods.custom
	walk(manifest.value.spec, [path, text])
	is_string(text)
	not contains(text, "apiVersion")
	match := dangerous(text)
	at := array.concat(["spec"], path)
}

# A text that is a manifest is judged as one. In JSON and YAML, as a key or at the end of the path of a patch.
dangerous(text) := match[1] if {
	regex.match(`privileged|hostNetwork|hostPID|hostIPC|hostPath`, text)
	match := regex.find_all_string_submatch_n(`(?m)(?:^|[{,\s"'-])(privileged|hostNetwork|hostPID|hostIPC|hostPath)["']?\s*:\s*(?:true\b|\{|$)`, text, 1)[0]
} else := match[1] if {
	contains(text, "path")
	match := regex.find_all_string_submatch_n(`["']?path["']?\s*:\s*["']?/\S*/(privileged|hostNetwork|hostPID|hostIPC|hostPath)\b`, text, 1)[0]
}
