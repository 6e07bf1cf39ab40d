package cabincrew.kubernetes

import data.cabincrew.review

# METADATA
# title: Images that stay the same
# description: Without a tag or with latest nobody knows which image runs, and a restart may bring another one.
# custom:
#   rule: kubernetes/image-tag
#   severity: medium
#   fix: Name a version, best with its digest.
require_approval contains finding if {
	some one in review.fresh["image-tag"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Requests and limits
# description: It can take from its neighbours what they need, and is scheduled blindly.
# custom:
#   rule: kubernetes/no-limits
#   severity: low
#   fix: Give resources.requests and a memory limit.
warn contains finding if {
	some one in review.fresh["no-limits"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Probes
# description: Nobody notices when it hangs, and requests are sent to it before it is ready.
# custom:
#   rule: kubernetes/no-probes
#   severity: low
#   fix: Add a readiness probe, and a liveness probe where a restart helps.
warn contains finding if {
	some one in review.fresh["no-probes"]
	finding := review.finding(rego.metadata.rule(), one)
}
