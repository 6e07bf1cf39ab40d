package cabincrew.infrastructure

import data.cabincrew.review

# METADATA
# title: No sensitive ports for everybody
# description: Scanners find it within minutes.
# custom:
#   rule: infrastructure/public-ingress
#   severity: critical
#   fix: Allow the networks that need it, or put a bastion or VPN before it.
deny contains finding if {
	some one in review.fresh["public-ingress"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: No ports for everybody
# description: Everybody on the internet can reach it.
# custom:
#   rule: infrastructure/public-port
#   severity: high
#   fix: Allow the networks that need it, or have it approved.
require_approval contains finding if {
	some one in review.fresh["public-port"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: No public storage
# description: Everybody on the internet can read it, or also write it.
# custom:
#   rule: infrastructure/public-storage
#   severity: critical
#   fix: Keep it private and serve it through a CDN or signed URLs.
deny contains finding if {
	some one in review.fresh["public-storage"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Public access stays blocked
# description: One wrong ACL or policy then makes a bucket public.
# custom:
#   rule: infrastructure/public-access-block
#   severity: high
#   fix: Block all four kinds of public access.
require_approval contains finding if {
	some one in review.fresh["public-access-block"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: No public databases
# description: Everybody on the internet can try its passwords.
# custom:
#   rule: infrastructure/public-database
#   severity: critical
#   fix: Keep it in a private network.
deny contains finding if {
	some one in review.fresh["public-database"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Endpoints on the internet
# description: Only its own authentication stands between it and the internet.
# custom:
#   rule: infrastructure/public-endpoint
#   severity: high
#   fix: Use private endpoints or list the networks, or have it approved.
require_approval contains finding if {
	some one in review.fresh["public-endpoint"]
	finding := review.finding(rego.metadata.rule(), one)
}
