# METADATA
# title: Settings
# description: The form of the plan and of the data document these rules are written for.
package cabincrew.settings

understood if {
	input.format == "cabincrew.preflight/1"
	is_array(input.artifacts)
}

thresholds := {"approve_changes", "deny_destroyed", "open_ports", "warn_changes"}

lists := {"administrator_roles", "public_ports", "security_fields", "sensitive_ports", "stateful", "wide_roles"}

attributes := {"encrypted", "forced", "protected", "retention"}

well_formed(list) if {
	is_object(list)
	every listed in list {
		is_boolean(listed)
	}
}

nested(list) if {
	is_object(list)
	every below in list {
		well_formed(below)
	}
}

number(name) if is_number(data.thresholds[name])

listed(name) if well_formed(data.lists[name])

attributed(name) if nested(data.attributes[name])

broken contains name if {
	some name in lists
	not listed(name)
}

broken contains name if {
	some name in attributes
	not attributed(name)
}

unknown contains name if {
	some name, _ in data.thresholds
	not name in thresholds
}

unknown contains name if {
	some name, _ in data.lists
	not name in lists
}

unknown contains name if {
	some name, _ in data.attributes
	not name in attributes
}
