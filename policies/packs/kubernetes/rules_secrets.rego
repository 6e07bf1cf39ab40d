package cabincrew.kubernetes

import data.cabincrew.review

# METADATA
# title: No secrets in environment variables
# description: Everybody who reads the file or the object can use it.
# custom:
#   rule: kubernetes/secret-in-env
#   severity: high
#   fix: Refer to a Secret with valueFrom, and replace the value if it was ever real.
require_approval contains finding if {
	some one in review.fresh["secret-in-env"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: No secrets in config maps
# description: Config maps are readable for nearly everybody in a cluster.
# custom:
#   rule: kubernetes/secret-in-configmap
#   severity: high
#   fix: Put it into a Secret that is made outside of the repository, and replace the value.
require_approval contains finding if {
	some one in review.fresh["secret-in-configmap"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: No secret values in files
# description: Base64 hides nothing, so everybody who reads the file can use the values.
# custom:
#   rule: kubernetes/secret-manifest
#   severity: high
#   fix: Seal it (SOPS, Sealed Secrets) or let the cluster fetch it (External Secrets).
require_approval contains finding if {
	some one in review.fresh["secret-manifest"]
	finding := review.finding(rego.metadata.rule(), one)
}
