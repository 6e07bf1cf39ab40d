# METADATA
# title: Losses
# description: What a plan takes away from tests, all its files together.
package cabincrew.losses

import data.cabincrew.kinds
import data.cabincrew.lines

lost_assertions := sum([lines.net(where.change, lines.assertion) | some where in kinds.tests])

lost_tests := sum([lines.net(where.change, lines.case_begins) | some where in kinds.tests])

still_test(where) if {
	where.change.op == "rename"
	some new in kinds.tests
	new.path == where.change.path
}

# Go's way to leave long tests out of short runs.
short(change, line) if {
	some before in change.added
	before.line == line.line - 1
	contains(before.text, "testing.Short()")
}
