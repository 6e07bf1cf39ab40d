# METADATA
# title: Encryption
# description: Storage that is not encrypted at rest.
package cabincrew.encryption

import data.cabincrew.plans
import data.cabincrew.problem

problems contains problem.of(one, "unencrypted", plans.path_of(name), concat(" ", ["does not set", name])) if {
	some one in plans.values
	some name, true in data.attributes.encrypted[one.resource.type]
	not plans.attribute(one.value, name) in {true, "true"}
	not comes_later(one, name)
}

# Computed from another resource: the rule about unknown values speaks of it.
comes_later(one, name) if {
	one.side == "after"
	plans.unknown(one.resource, name)
	plans.written(one.resource, name)
}
