# METADATA
# title: Scripts, images and registries
# description: The files of a plan that run commands, and what their lines say.
package cabincrew.scripts

import data.cabincrew.changed
import data.cabincrew.patterns

program(where) if {
	where.change.binary
	regex.match(`\.(?:wasm|so|so\.[0-9.]+|node|jar|war|class|exe|dll|dylib|pyc|pyd|msi|com|scr|deb|rpm|apk|whl|egg)$`, where.base)
}

runnable := [where | some where in changed.written; runs(where)]

runs(where) if {
	some list in ["ci", "scripts", "workflows"]
	changed.listed(where, data.paths[list])
}

# By its first line, or by its mode where that line does not change.
runs(where) if {
	startswith(where.change.added[0].text, "#!")
	regex.match(`^#!.*\b(?:ba|z|k|da|a|fi)?sh\b`, where.change.added[0].text)
}

runs(where) if {
	where.change.executable
	not contains(where.base, ".")
}

containers := [where | some where in changed.written; changed.listed(where, data.paths.containers)]

redirections(where) := {line |
	some line in changed.hits(where, setting(where))
	not patterns.comment(line.text)
	not patterns.known_source(line.text)
}

setting(where) := patterns.registry_setting if changed.listed(where, data.paths.package_settings)

else := patterns.registry_option if patterns.requirements(where)

else := patterns.registry_option if {
	some list in ["ci", "scripts", "workflows"]
	changed.listed(where, data.paths[list])
}

floating(image) if endswith(image, ":latest")

floating(image) if {
	image != "scratch"
	segments := split(image, "/")
	not contains(segments[count(segments) - 1], ":")
}

# Another stage of the same file; its name may stand in a line that does not change.
stage(where, image) if {
	not contains(image, "/")
	some line in where.change.added
	regex.match(`(?i)^\s*FROM\s.*\sAS\s`, line.text)
	endswith(lower(trim_space(line.text)), concat(" ", ["", lower(image)]))
}

stage(where, image) if {
	where.change.op != "create"
	not contains(image, "/")
	not contains(image, ":")
}
