# METADATA
# title: One problem
# description: >-
#   What a rule objects to, as a small value that does not say where in the file it lies, so that the same problem before and
#   after the change can be recognised as the same.
package cabincrew.problem

import data.cabincrew.manifests

of(manifest, rule, path, text) := {
	"rule": rule,
	"side": manifest.side,
	"artifact": manifest.artifact,
	"file": manifest.file,
	"id": manifest.id,
	"title": manifest.title,
	"text": text,
	"line": manifests.line(manifest.lines, array.concat(manifest.at, path)),
}

in_container(container, rule, path, text) := of(
	container.manifest, rule,
	array.concat(container.at, path),
	concat(" ", [container.title, text]),
)
