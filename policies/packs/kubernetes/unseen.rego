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

template(artifact) if {
	contains(artifact.text, "{{")
	manifest(artifact)
}

manifest(artifact) if {
	regex.match(`(?m)^\s*-?\s*"?apiVersion"?\s*:`, artifact.text)
	regex.match(`(?m)^\s*-?\s*"?kind"?\s*:`, artifact.text)
}

# Minified JSON.
manifest(artifact) if regex.match(`"apiVersion"\s*:\s*"[^"]*"`, artifact.text)

# Text that is not there: YAML of such a size is nearly always a bundle of manifests.
manifest(artifact) if {
	not artifact.text
	not artifact.change.binary
	regex.match(`(?i)\.ya?ml$`, manifests.file(artifact))
}

# Settings that no template needs to compute, as they stand in added lines.
dangerous(text) if {
	regex.match(
		`^\s*-?\s*(privileged|hostNetwork|hostPID|hostIPC|allowPrivilegeEscalation):\s*(true|yes|on)\s*(#.*)?$`,
		text,
	)
}

dangerous(text) if regex.match(`^\s*-?\s*hostPath:`, text)

dangerous(text) if regex.match(`^\s*name:\s*["']?cluster-admin["']?\s*(#.*)?$`, text)
