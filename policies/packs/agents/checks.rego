package cabincrew.agents

import data.cabincrew.changed
import data.cabincrew.coverage
import data.cabincrew.kinds
import data.cabincrew.lines

# METADATA
# title: Checks that are gone around
# description: goes around a check
# custom:
#   rule: agents/check-bypassed
#   severity: high
#   fix: Let the check run, and repair what it finds.
require_approval contains finding if {
	some where in kinds.watched
	some line in changed.hits(where, `(?m)\bgit\b.*--no-verify\b|\b(?:npm|yarn|pnpm)\s+publish\b.*--no-verify\b|\bHUSKY(?:_SKIP_HOOKS)?\s*[=:]\s*["']?[01]\b|\bcore\.hooksPath\b.*/dev/null|(?:^|\s)SKIP=\S+\s+(?:git|pre-commit)\b`)
	match := regex.find_all_string_submatch_n(`--no-verify|HUSKY\w*|core\.hooksPath|SKIP=`, line.text, 1)
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
	some line in changed.hits(where, `(?m)\|\|\s*(?:true|:|exit\s+0)\s*(?:$|["';)])|^\s*(?:-\s+)?(?:continue-on-error|allow_failure|continueOnError|ignore-errors)\s*:\s*["']?true\b|--passWithNoTests\b`)
	not lines.comment(line.text)
	finding := changed.finding_about(rego.metadata.rule(), where, line.line, substring(trim_space(line.text), 0, 120))
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
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Lower coverage
# description: asks for less coverage than before
# custom:
#   rule: agents/coverage-lowered
#   severity: medium
#   fix: Add the missing tests, or have it approved with a reason.
require_approval contains finding if {
	some where in kinds.coverage
	some before in coverage.thresholds(where.change.removed)
	some after in coverage.thresholds(where.change.added)
	before.at == after.at
	before.key == after.key
	after.value < before.value
	finding := changed.finding_about(rego.metadata.rule(), where, after.line, concat(" ", [after.key, after.text, "after", before.text]))
}
