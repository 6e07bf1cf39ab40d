package cabincrew.kubernetes

import data.cabincrew.review

# METADATA
# title: No administrators by manifest
# description: That is every right on everything in its scope, the rights to hide it included.
# custom:
#   rule: kubernetes/cluster-admin
#   severity: critical
#   fix: Bind a role that allows what is needed.
deny contains finding if {
	some one in review.fresh["cluster-admin"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: No rights for everybody
# description: Whoever reaches the API server has these rights.
# custom:
#   rule: kubernetes/anonymous-binding
#   severity: critical
#   fix: Bind a user, a group or a service account.
deny contains finding if {
	some one in review.fresh["anonymous-binding"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: No roles for everything
# description: That is the same as being an administrator, also for what is installed later.
# custom:
#   rule: kubernetes/wildcard-role
#   severity: critical
#   fix: List the resources and verbs that are needed.
deny contains finding if {
	some one in review.fresh["wildcard-role"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Narrow roles
# description: It grows with every resource and verb that is added to the cluster.
# custom:
#   rule: kubernetes/wide-role
#   severity: high
#   fix: List the resources and verbs that are needed, or have it approved.
require_approval contains finding if {
	some one in review.fresh["wide-role"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Roles that cannot grow
# description: With that verb its owner can get rights that the role does not list.
# custom:
#   rule: kubernetes/escalating-role
#   severity: high
#   fix: Remove the verb, or have it approved.
require_approval contains finding if {
	some one in review.fresh["escalating-role"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Services inside of the cluster
# description: It can be reached from outside of the cluster.
# custom:
#   rule: kubernetes/exposed-service
#   severity: medium
#   fix: Use ClusterIP behind an Ingress or Gateway, or have it approved.
require_approval contains finding if {
	some one in review.fresh["exposed-service"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Ingress with TLS
# description: What users send can be read and changed on its way.
# custom:
#   rule: kubernetes/ingress-without-tls
#   severity: medium
#   fix: Add spec.tls with a certificate.
require_approval contains finding if {
	some one in review.fresh["ingress-without-tls"]
	finding := review.finding(rego.metadata.rule(), one)
}

# METADATA
# title: Namespaces with a standard
# description: The cluster no longer refuses pods that take over the node.
# custom:
#   rule: kubernetes/unrestricted-namespace
#   severity: high
#   fix: Enforce baseline or restricted.
require_approval contains finding if {
	some one in review.fresh["unrestricted-namespace"]
	finding := review.finding(rego.metadata.rule(), one)
}
