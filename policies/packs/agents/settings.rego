# METADATA
# title: Settings
# description: The form of the plan and of the data document these rules are written for.
package cabincrew.settings

import data.cabincrew.changed

invalid := {name | some name in lists; not well_formed(name)}

lists := {"agent_instructions", "ci", "code", "coverage", "git_hooks", "hooks", "mcp", "scripts", "security_exceptions", "settings", "tests"}

understood if {
	input.format == "cabincrew.preflight/1"
	is_array(input.artifacts)
}

# A list that is not there at all is none either.
well_formed(name) if changed.path_list(data.paths[name])
