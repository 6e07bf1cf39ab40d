# METADATA
# title: Coverage thresholds
# description: How thresholds are read out of changed lines.
package cabincrew.coverage

thresholds(changed_lines) := [{"at": line.line - i, "line": line.line, "key": match[0][1], "text": match[0][2], "value": to_number(match[0][2])} |
	some i, line in changed_lines
	match := regex.find_all_string_submatch_n(`^\s*["']?(lines|statements|functions|branches|fail_under|fail-under|target|threshold|minimum|check-coverage)["']?\s*[:=]\s*["']?([1-9][0-9]*(?:\.[0-9]+)?|0)%?["']?,?\s*$`, line.text, 1)
	count(match) == 1
]
