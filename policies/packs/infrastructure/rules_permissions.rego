package cabincrew.infrastructure

import data.cabincrew.review

# METADATA
# title: No rights on everything
# description: Whoever gets this identity owns the account.
# custom:
#   rule: infrastructure/wildcard-permissions
#   severity: critical
#   fix: List the actions and resources that are needed.
deny contains finding if {
	some one in review.fresh["wildcard-permissions"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: No administrators by plan
# description: Whoever gets this identity owns the account or project.
# custom:
#   rule: infrastructure/administrator
#   severity: critical
#   fix: Give the rights that are needed.
deny contains finding if {
	some one in review.fresh.administrator
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: No roles for everybody to take
# description: Everybody with an account at the provider can take this role.
# custom:
#   rule: infrastructure/wildcard-trust
#   severity: critical
#   fix: Name the accounts, or add a condition.
deny contains finding if {
	some one in review.fresh["wildcard-trust"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: No policies for everybody
# description: Everybody on the internet can use it.
# custom:
#   rule: infrastructure/public-policy
#   severity: critical
#   fix: Name the accounts, or add a condition.
deny contains finding if {
	some one in review.fresh["public-policy"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Narrow rights
# description: That is more than one task needs, and often enough to get the rest.
# custom:
#   rule: infrastructure/wide-permissions
#   severity: high
#   fix: List the actions and resources that are needed, or have it approved.
require_approval contains finding if {
	some one in review.fresh["wide-permissions"]
	finding := review.finding(rego.metadata.rule(), one)
}
