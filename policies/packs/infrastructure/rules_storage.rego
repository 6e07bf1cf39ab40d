package cabincrew.infrastructure

import data.cabincrew.review

# METADATA
# title: Storage is encrypted
# description: Its disks and snapshots can be read by whoever gets hold of them.
# custom:
#   rule: infrastructure/unencrypted
#   severity: high
#   fix: Turn encryption on; for most resources that is only possible when they are created.
require_approval contains finding if {
	some one in review.fresh.unencrypted
	finding := review.finding(rego.metadata.rule(), one)
}
