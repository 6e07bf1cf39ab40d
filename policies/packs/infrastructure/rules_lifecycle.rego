package cabincrew.infrastructure

import data.cabincrew.review

# METADATA
# title: Nothing that holds data is destroyed
# description: What it holds is gone with it, and applying the configuration again brings back an empty one.
# custom:
#   rule: infrastructure/destroy-stateful
#   severity: critical
#   fix: Keep it, move it with a moved block, or take it off the list of stateful types for a run that is meant to end it.
deny contains finding if {
	some one in review.fresh["destroy-stateful"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Resources that are destroyed
# description: Whatever depends on it stops working.
# custom:
#   rule: infrastructure/destroy
#   severity: high
#   fix: Have it approved, or find out which change of the configuration leads to it.
require_approval contains finding if {
	some one in review.fresh.destroy
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Resources that are replaced
# description: It is away for a while, and its identity, addresses and local data change.
# custom:
#   rule: infrastructure/replace
#   severity: high
#   fix: Have it approved, or change only what can be changed in place.
require_approval contains finding if {
	some one in review.fresh.replace
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Resources that are forgotten
# description: It goes on existing and costing, and nobody changes it any more.
# custom:
#   rule: infrastructure/forget
#   severity: medium
#   fix: Have it approved, or keep it in the configuration.
require_approval contains finding if {
	some one in review.fresh.forget
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Protection stays on
# description: From then on a mistake or the next plan can destroy what it protected.
# custom:
#   rule: infrastructure/protection-off
#   severity: high
#   fix: Leave it on, or have it approved.
require_approval contains finding if {
	some one in review.fresh["protection-off"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Nothing is destroyed with its contents
# description: A later destroy then takes the contents with it and asks nobody.
# custom:
#   rule: infrastructure/force-destroy
#   severity: medium
#   fix: Leave it out, or have it approved.
require_approval contains finding if {
	some one in review.fresh["force-destroy"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Backups are kept as long
# description: Backups that are older are deleted.
# custom:
#   rule: infrastructure/backups-lowered
#   severity: high
#   fix: Leave it as it is, or have it approved.
require_approval contains finding if {
	some one in review.fresh["backups-lowered"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Backups are made
# description: What is lost cannot be brought back.
# custom:
#   rule: infrastructure/no-backups
#   severity: high
#   fix: Set a number of days above 0.
require_approval contains finding if {
	some one in review.fresh["no-backups"]
	finding := review.finding(rego.metadata.rule(), one)
}
