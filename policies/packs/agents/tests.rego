package cabincrew.agents

import data.cabincrew.changed
import data.cabincrew.kinds
import data.cabincrew.lines
import data.cabincrew.losses

# METADATA
# title: Disabled tests
# description: disables a test, so what it guarded is no longer checked.
# custom:
#   rule: agents/test-skipped
#   severity: high
#   fix: Repair the code or the test; if it must wait, have that approved with a reason.
require_approval contains finding if {
	some where in kinds.tests
	some line in changed.hits(where, lines.skipped)
	not lines.comment(line.text)
	not losses.short(where.change, line)
	not losses.of_new_test(where.change, line)
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Only some tests
# description: singles out a test, so all others of the file no longer run.
# custom:
#   rule: agents/test-focused
#   severity: high
#   fix: Remove the focus.
require_approval contains finding if {
	some where in kinds.tests
	some line in changed.hits(where, lines.focused)
	not lines.comment(line.text)
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Deleted tests
# description: holds tests and is taken away.
# custom:
#   rule: agents/test-deleted
#   severity: high
#   fix: Keep the tests, or say in the approval what checks the same from now on.
require_approval contains finding if {
	some where in changed.gone
	kinds.is_code(where)
	kinds.is_test(where)
	not losses.still_test(where)
	finding := changed.finding(rego.metadata.rule(), where)
}

# METADATA
# title: Deleted assertions
# description: loses more assertions than it gains, and no other file of the plan gains them.
# custom:
#   rule: agents/assertions-removed
#   severity: high
#   fix: Keep what was asserted, or say in the approval why it no longer holds.
require_approval contains finding if {
	some where in kinds.tests
	lines.loses(where.change, lines.assertion)
	losses.lost_assertions > 0
	finding := changed.finding(rego.metadata.rule(), where)
}

# METADATA
# title: Fewer tests
# description: loses more tests than it gains, and no other file of the plan gains them.
# custom:
#   rule: agents/tests-removed
#   severity: high
#   fix: Keep the tests, or say in the approval what checks the same from now on.
require_approval contains finding if {
	some where in kinds.tests
	lines.loses(where.change, lines.case_begins)
	losses.lost_tests > 0
	losses.lost_assertions <= 0
	finding := changed.finding(rego.metadata.rule(), where)
}

# METADATA
# title: Tests left out
# description: leaves tests out of a run
# custom:
#   rule: agents/tests-excluded
#   severity: high
#   fix: Repair what the test finds; if it must wait, have that approved with a reason.
require_approval contains finding if {
	some where in kinds.calls_tests
	where.change.op != "create"
	some line in changed.hits(where, lines.left_out)
	not lines.comment(line.text)
	finding := changed.finding_about(rego.metadata.rule(), where, line.line, substring(trim_space(line.text), 0, 120))
}
