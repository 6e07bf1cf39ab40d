package cabincrew.infrastructure

import data.cabincrew.review

# METADATA
# title: Programs that run with the plan
# description: A plan cannot show what a program will do, and it runs with the credentials of the one who applies.
# custom:
#   rule: infrastructure/provisioner
#   severity: high
#   fix: Read the program, then have it approved.
require_approval contains finding if {
	some one in review.fresh.provisioner
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Data from outside
# description: That already ran when the plan was made, with the credentials of the one who planned.
# custom:
#   rule: infrastructure/external-data
#   severity: high
#   fix: Read the program or check the address, then have it approved.
require_approval contains finding if {
	some one in review.fresh["external-data"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Security settings nobody knows yet
# description: Its value is known only after it is applied, so no rule could judge it.
# custom:
#   rule: infrastructure/unknown
#   severity: medium
#   fix: Have it approved by somebody who reads the configuration, or apply in two steps.
require_approval contains finding if {
	some one in review.fresh.unknown
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Drift
# description: The plan may undo what somebody did by hand.
# custom:
#   rule: infrastructure/drift
#   severity: low
#   fix: Find out who changed it, and put the change into the configuration or let the plan undo it.
warn contains finding if {
	some one in review.fresh.drift
	finding := review.finding(rego.metadata.rule(), one)
}
