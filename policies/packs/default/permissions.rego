package cabincrew.workspace

import data.cabincrew.changes

# METADATA
# title: Network and secrets together
# description: The run gets secrets and the network, so it could send them anywhere.
# custom:
#   rule: workspace/network-and-secrets
#   severity: high
#   fix: Drop --network or --secret if one of them is not needed, or have it approved.
require_approval contains finding if {
	input.permissions.network
	count(input.permissions.secrets) > 0
	finding := changes.plain(rego.metadata.rule(), rego.metadata.rule().description)
}

# METADATA
# title: Further writable places
# description: The run may write outside the workspace, where changes are neither shown nor checked.
# custom:
#   rule: workspace/write-outside
#   severity: high
#   fix: Write inside the workspace, or have it approved.
require_approval contains finding if {
	some root in input.permissions.write
	message := concat(" ", [rego.metadata.rule().description, concat("", ["Place: ", root])])
	finding := changes.plain(rego.metadata.rule(), message)
}

# METADATA
# title: Network
# description: The run may use the network, so what it planned may depend on what it fetched.
# custom:
#   rule: workspace/network
#   severity: low
#   fix: Drop --network if it is not needed.
warn contains finding if {
	input.permissions.network
	count(input.permissions.secrets) == 0
	finding := changes.plain(rego.metadata.rule(), rego.metadata.rule().description)
}
