# METADATA
# title: Settings
# description: The form of the plan and of the data document these rules are written for.
package cabincrew.settings

understood if {
	input.format == "cabincrew.preflight/1"
	is_array(input.artifacts)
	is_number(input.summary.insertions)
	is_number(input.summary.deletions)
	is_number(input.summary.deleted)
	is_boolean(input.permissions.network)
	is_array(input.permissions.secrets)
	is_array(input.permissions.write)
}

lists := {
	"ci",
	"container",
	"credentials",
	"infrastructure_state",
	"migrations",
	"package_settings",
	"repository_settings",
}

well_formed(name) if {
	is_object(data.paths[name])
	every kind, entries in data.paths[name] {
		kind in {"files", "paths", "directories", "prefixes", "suffixes"}
		is_object(entries)
		every listed in entries {
			is_boolean(listed)
		}
	}
}

number(name) if is_number(data.thresholds[name])
