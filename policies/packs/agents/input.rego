package cabincrew.agents

import data.cabincrew.changed
import data.cabincrew.settings

# METADATA
# title: A document these rules understand
# description: The plan does not have the form these rules are written for, so they would see nothing in it.
# custom:
#   rule: agents/input-unknown
#   severity: critical
#   fix: Use the policy pack that belongs to this version of cabincrew.
deny contains finding if {
	not settings.understood
	finding := changed.plain(rego.metadata.rule(), rego.metadata.rule().description)
}

# METADATA
# title: Lists that are lists
# description: is missing from the lists of paths or not an object of names and booleans, so its rule would never speak.
# custom:
#   rule: agents/list-invalid
#   severity: critical
#   fix: 'Write it as {"files": {"name": true}} in the governance configuration.'
deny contains finding if {
	some name in settings.invalid
	finding := changed.plain(rego.metadata.rule(), concat(" ", [name, rego.metadata.rule().description]))
}

# METADATA
# title: Known lists
# description: is not a list of these rules, so it would have no effect.
# custom:
#   rule: agents/list-unknown
#   severity: critical
#   fix: Correct its name in the governance configuration.
deny contains finding if {
	some name, _ in data.paths
	not name in settings.lists
	finding := changed.plain(rego.metadata.rule(), concat(" ", [name, rego.metadata.rule().description]))
}
