package cabincrew.agents

import data.cabincrew.changed
import data.cabincrew.coverage
import data.cabincrew.kinds
import data.cabincrew.lines
import data.cabincrew.losses

# METADATA
# title: Checks that are gone around
# description: goes around a check
# custom:
#   rule: agents/check-bypassed
#   severity: high
#   fix: Let the check run, and repair what it finds.
require_approval contains finding if {
	some where in kinds.watched
	some line in changed.hits(where, `(?m)\bgit\b.*--no-verify\b|\b(?:npm|yarn|pnpm)\s+publish\b.*--no-verify\b|\bHUSKY(?:_SKIP_HOOKS)?\s*[=:]\s*["']?[01]\b|\bgit\s+commit\s(?:.*\s)?-[a-z]*n[a-z]*(?:\s|$)|\bcore\.hooksPath\b.*/dev/null|(?:^|\s)SKIP=\S+\s+(?:git|pre-commit)\b`)
	match := regex.find_all_string_submatch_n(`--no-verify|commit|HUSKY\w*|core\.hooksPath|SKIP=`, line.text, 1)
	not lines.comment(line.text)
	finding := changed.finding_about(rego.metadata.rule(), where, line.line, match[0][0])
}

# METADATA
# title: Failures that do not count
# description: lets a failing check pass
# custom:
#   rule: agents/failure-ignored
#   severity: high
#   fix: Let it fail, and repair what it finds.
require_approval contains finding if {
	some where in kinds.ci
	some line in changed.hits(where, `(?m)\|\|\s*(?:true|:|exit\s+0)\s*(?:$|["';)}])|(?:^|[{,])\s*(?:-\s+)?["']?(?:continue-on-error|allow_failure|continueOnError|ignore-errors)["']?\s*:\s*["']?(?:true\b|\$\{\{\s*true)|--passWithNoTests\b|^\s*(?:-\s+)?if\s*:\s*["']?(?:false\b|\$\{\{\s*(?:false|0)\s*\}\})`)
	not lines.comment(line.text)
	finding := changed.finding_about(rego.metadata.rule(), where, line.line, substring(trim_space(line.text), 0, 120))
}

# METADATA
# title: Checks that count for nothing
# description: goes on after a check that fails
# custom:
#   rule: agents/check-unheeded
#   severity: high
#   fix: Let it fail, and repair what it finds.
require_approval contains finding if {
	some where in kinds.ci
	some line in changed.hits(where, `(?m)\|\|\s*(?:echo|printf)\b|;\s*(?:true|exit\s+0)\s*(?:$|["'}])`)
	regex.match(lines.runs_check, line.text)
	not lines.comment(line.text)
	finding := changed.finding_about(rego.metadata.rule(), where, line.line, substring(trim_space(line.text), 0, 120))
}

# METADATA
# title: Checks that no longer run
# description: runs fewer tests, checks or scans than before, and no other file of continuous integration runs them instead.
# custom:
#   rule: agents/check-removed
#   severity: high
#   fix: Keep the step, or say in the approval what checks the same from now on.
require_approval contains finding if {
	some where in losses.checked
	lines.loses(where.change, lines.runs_check)
	losses.lost_checks > 0
	finding := changed.finding(rego.metadata.rule(), where)
}

# METADATA
# title: Checks that cannot fail
# description: makes a script of tests or checks pass whatever happens
# custom:
#   rule: agents/script-emptied
#   severity: high
#   fix: Let the script run the checks and fail where they fail.
require_approval contains finding if {
	some where in changed.written
	where.base == "package.json"
	some line in changed.hits(where, `(?m)^\s*"(?:(?:pre|post)?(?:test|lint|typecheck|type-check|check|verify)[\w:-]*)"\s*:\s*"(?:.*\|\|\s*(?:true|:|exit 0)|\s*(?:true|exit 0|:|echo\b[^&|;]*))\s*"`)
	finding := changed.finding_about(rego.metadata.rule(), where, line.line, substring(trim_space(line.text), 0, 120))
}

# METADATA
# title: Suppressed checks
# description: tells a checker to look away.
# custom:
#   rule: agents/check-suppressed
#   severity: low
#   fix: Repair what the checker finds, or write the reason beside it.
warn contains finding if {
	some where in kinds.code
	changed.holds(where, lines.suppressed_words)
	some line in changed.hits(where, lines.suppressed)
	not regex.match(lines.suppressed_security, line.text)
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Suppressed security checks
# description: tells a checker for security holes to look away
# custom:
#   rule: agents/security-suppressed
#   severity: medium
#   fix: Repair what the checker finds, or have the exception approved with a reason.
require_approval contains finding if {
	some where in kinds.code
	changed.holds(where, lines.suppressed_words)
	some line in changed.hits(where, lines.suppressed_security)
	finding := changed.finding_about(rego.metadata.rule(), where, line.line, substring(trim_space(line.text), 0, 120))
}

# METADATA
# title: Exceptions from scans
# description: lists what scanners for holes and secrets overlook, and gets longer.
# custom:
#   rule: agents/security-exception
#   severity: medium
#   fix: Repair what the scanner finds, or have the exception approved with a reason.
require_approval contains finding if {
	some where in kinds.security_exceptions
	count([line | some line in where.change.added; trim_space(line.text) != ""; not lines.comment(line.text)]) > count(where.change.removed)
	finding := changed.finding(rego.metadata.rule(), where)
}

# METADATA
# title: Lower coverage
# description: asks for less coverage than before
# custom:
#   rule: agents/coverage-lowered
#   severity: medium
#   fix: Add the missing tests, or have it approved with a reason.
require_approval contains finding if {
	some where in kinds.calls_tests
	some one in coverage.lowered(where.change)
	finding := changed.finding_about(rego.metadata.rule(), where, one.line, one.text)
}

# METADATA
# title: Coverage nobody asks for
# description: asks for no coverage any more
# custom:
#   rule: agents/coverage-dropped
#   severity: medium
#   fix: Keep the threshold, or have it approved with a reason.
require_approval contains finding if {
	some where in kinds.coverage
	where.change.op == "update"
	some key in coverage.dropped(where.change)
	finding := object.union(changed.finding(rego.metadata.rule(), where), {"msg": concat("", [where.path, " asks for no coverage any more: ", key])})
}
