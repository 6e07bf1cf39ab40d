# METADATA
# title: Coverage
# description: Thresholds of coverage in settings and commands, before and after.
package cabincrew.coverage

alone := `^\s*["']?(lines|statements|functions|branches|fail_under|fail-under|target|threshold|minimum|check-coverage)["']?\s*[:=]\s*["']?([1-9][0-9]*(?:\.[0-9]+)?|0)%?["']?,?\s*$`

# Several on one line, and options of commands.
among := `["'\s{,-](lines|statements|functions|branches|cov-fail-under|fail-under|fail_under|minimum)["']?(?:\s*[:=]\s*|[= >]\s*)([0-9]+(?:\.[0-9]+)?)\s*(?:[%,}\s"'<]|$)|<(minimum)>\s*([0-9.]+)\s*</`

thresholds(changed_lines) := [{"at": line.line - i, "line": line.line, "key": key, "text": text, "value": to_number(text)} |
	some i, line in changed_lines
	some [key, text] in found(line.text)
]

found(text) := [[match[1], match[2]] | some match in regex.find_all_string_submatch_n(alone, text, 1)] if regex.match(alone, text)

else := [[concat("", [match[1], match[3]]), concat("", [match[2], match[4]])] |
	speaks(text)
	some match in regex.find_all_string_submatch_n(among, text, -1)
]

speaks(text) if regex.match(`(?i)coverage|threshold|fail[-_]under|<minimum>|\b(?:c8|nyc)\b|--(?:branches|functions|statements)\b|\blines\b.*\bbranches\b`, text)

lowered(change) := {{"line": after.line, "text": concat(" ", [after.key, after.text, "after", before.text])} |
	some before in thresholds(change.removed)
	some after in thresholds(change.added)
	before.at == after.at
	before.key == after.key
	after.value < before.value
}

# Names that mean little alone do not count here.
dropped(change) := {before.key |
	some before in thresholds(change.removed)
	before.key in {"lines", "statements", "functions", "branches", "fail_under", "fail-under", "cov-fail-under"}
	before.value > 0
	not before.key in {after.key | some after in thresholds(change.added)}
}
