# METADATA
# title: Files that could not be read
# description: Whether text that does not parse, or is not there, may well be a manifest.
package cabincrew.unseen

import data.cabincrew.manifests

files := [artifact |
	some artifact in input.artifacts
	artifact.unreadable
	object.get(artifact, ["change", "entry"], "file") == "file"
]

# Text that is no YAML because of its actions. What is refused for another reason stays refused, whatever a comment in it holds.
template(artifact) if {
	regex.match(`(?m)^[^#\n]*\{\{`, artifact.text)
	not regex.match(`YAML: (?:it|some readers|Map keys must be unique)\b`, artifact.unreadable)
	manifest(artifact)
}

manifest(artifact) if {
	regex.match(`(?m)^\s*-?\s*"?apiVersion"?\s*:`, artifact.text)
	regex.match(`(?m)^\s*-?\s*"?kind"?\s*:`, artifact.text)
}

# Minified JSON.
manifest(artifact) if regex.match(`"apiVersion"\s*:\s*"[^"]*"`, artifact.text)

# Text that is not there, for its size or its encoding: such YAML is nearly always a bundle of manifests.
manifest(artifact) if {
	not artifact.text
	regex.match(`(?i)\.ya?ml$`, manifests.file(artifact))
}

# JSON is often data, unless it says more. kubectl reads UTF-16 too, whose text is binary here.
manifest(artifact) if {
	not artifact.text
	regex.match(`(?i)\.json$`, manifests.file(artifact))
	json_manifest(artifact.change)
}

json_manifest(change) if change.binary

json_manifest(change) if {
	some line in change.added
	regex.match(`"(?:apiVersion|containers|initContainers|securityContext|hostPath|roleRef)"\s*:`, line.text)
}

# Settings that no template needs to compute, as they stand in added lines.
dangerous(text) if {
	regex.match(
		`(?:^\s*-?\s*|[{,]\s*)["']?(privileged|hostNetwork|hostPID|hostIPC|allowPrivilegeEscalation)["']?:\s*(true|yes|on)\s*([,}].*|#.*)?$`,
		text,
	)
}

dangerous(text) if regex.match(`(?:^\s*-?\s*|[{,]\s*)["']?hostPath["']?:`, text)

dangerous(text) if regex.match(`^\s*name:\s*["']?cluster-admin["']?\s*(#.*)?$`, text)
