# METADATA
# title: Losses
# description: What a plan takes away from tests, all its files together.
package cabincrew.losses

import data.cabincrew.changed
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

# A test that is new, and skips where it cannot run, guarded nothing before.
of_new_test(change, line) if {
	regex.match(lines.skips_inside, line.text)
	some before in change.added
	before.line == line.line - 1
	regex.match(`^\s*(?:\}?\s*else\s+)?if\b`, before.text)
	begins := [other.line | some other in change.added; other.line < line.line; regex.match(lines.case_begins, other.text)]
	first := max(begins)
	count([other | some other in change.added; other.line >= first; other.line <= line.line]) == (line.line - first) + 1
}

# Lines that run checks, over all files that machines run: what moves from one to another is not lost.
lost_checks := sum([lines.net(where.change, lines.runs_check) | some where in checked])

checked := array.concat(kinds.ci, [where | some where in changed.gone; where.change.op == "delete"; changed.listed(where, data.paths.ci)])
