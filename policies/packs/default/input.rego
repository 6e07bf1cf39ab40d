package cabincrew.workspace

import data.cabincrew.changes
import data.cabincrew.settings

# METADATA
# title: A document these rules understand
# description: The plan does not have the form these rules are written for, so they would see nothing in it.
# custom:
#   rule: workspace/input-unknown
#   severity: critical
#   fix: Use the policy pack that belongs to this version of cabincrew.
deny contains finding if {
	not settings.understood
	finding := changes.plain(rego.metadata.rule(), rego.metadata.rule().description)
}

# METADATA
# title: Thresholds that are numbers
# description: is missing from the thresholds or not a number, so its rule would never speak.
# custom:
#   rule: workspace/threshold-invalid
#   severity: critical
#   fix: Give it a number in the governance configuration, or leave it out to get the default.
deny contains finding if {
	some name in {"warn_lines", "approve_lines", "approve_deleted_files"}
	not settings.number(name)
	finding := changes.plain(rego.metadata.rule(), concat(" ", [name, rego.metadata.rule().description]))
}

# METADATA
# title: Known thresholds
# description: is not a threshold of these rules, so it would have no effect.
# custom:
#   rule: workspace/threshold-unknown
#   severity: critical
#   fix: Correct its name in the governance configuration.
deny contains finding if {
	some name, _ in data.thresholds
	not name in {"warn_lines", "approve_lines", "approve_deleted_files"}
	finding := changes.plain(rego.metadata.rule(), concat(" ", [name, rego.metadata.rule().description]))
}

# METADATA
# title: Lists that are lists
# description: is missing from the lists of paths or not an object of names and booleans, so its rule would never speak.
# custom:
#   rule: workspace/list-invalid
#   severity: critical
#   fix: 'Write it as {"files": {"name": true}} in the governance configuration.'
deny contains finding if {
	some name in settings.lists
	not settings.well_formed(name)
	finding := changes.plain(rego.metadata.rule(), concat(" ", [name, rego.metadata.rule().description]))
}

# METADATA
# title: Known lists
# description: is not a list of these rules, so it would have no effect.
# custom:
#   rule: workspace/list-unknown
#   severity: critical
#   fix: Correct its name in the governance configuration.
deny contains finding if {
	some name, _ in data.paths
	not name in (settings.lists | {"environment_examples"})
	finding := changes.plain(rego.metadata.rule(), concat(" ", [name, rego.metadata.rule().description]))
}
