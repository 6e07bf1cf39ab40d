# METADATA
# title: Secrets in manifests
# description: Values that give access, in places which everybody who reads the repository or the object can see.
package cabincrew.secrets

import data.cabincrew.manifests
import data.cabincrew.pods
import data.cabincrew.problem

problems contains problem.in_container(container, "secret-in-env", ["env", i, "value"], concat(" ", ["has the value of", variable.name, "in clear text"])) if {
	some container in pods.containers
	some i, variable in container.spec.env
	is_string(variable.name)
	is_string(variable.value)
	gives_access(variable.name, variable.value)
}

problems contains problem.of(manifest, "secret-in-configmap", ["data", key], concat(" ", ["holds the value of", key, "in clear text"])) if {
	some manifest in manifests.objects
	manifest.value.kind == "ConfigMap"
	some key, value in manifest.value.data
	is_string(value)
	gives_access(key, value)
}

problems contains problem.of(manifest, "secret-manifest", [field], "holds secret values that are only encoded, not encrypted") if {
	some manifest in manifests.objects
	manifest.value.kind == "Secret"
	manifest.value.apiVersion == "v1"
	not manifest.value.sops
	some field in ["data", "stringData"]
	some _, value in manifest.value[field]
	is_string(value)
	not harmless(value)
}

gives_access(name, value) if {
	regex.match(`(?i)(password|passwd|passphrase|secret|token|api_?key|access_?key|access_?key_?id|private_?key|secret_?key|encryption_?key)$`, name)
	not regex.match(`(?i)^(allow|enable|disable|use|has|require|max|min|num|skip|no)[_A-Z]`, name)
	not harmless(value)
}

# A URL with a password in it gives access whatever its name is.
gives_access(_, value) if regex.match(`^[a-z][a-z0-9+.-]*://[^/:@\s]+:[^@\s/$({<]+@[^\s]+$`, value)

# Nothing, a switch, a number of few digits, a path, a reference to something else, or encrypted.
harmless(value) if regex.match(`^\s*$|(?i)^(true|false|yes|no|none|null|on|off|enabled|disabled|optional|required)$|^[0-9]{1,3}$`, value)

harmless(value) if regex.match(`^\.{0,2}/[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$|^\$[({]|^<[^>]*>$|^\{\{|^ENC\[|^(vault|secret|ref\+[a-z]+|arn|projects|op|gcp|sm):`, value)
