# METADATA
# title: Settings
# description: The form of the plan and of the data document these rules are written for.
package cabincrew.settings

understood if {
	input.format == "cabincrew.preflight/1"
	is_array(input.artifacts)
}

lists := {"administrator_roles", "allowed_capabilities", "lasting_kinds"}

well_formed(name) if {
	is_object(data.lists[name])
	every listed in data.lists[name] {
		is_boolean(listed)
	}
}
