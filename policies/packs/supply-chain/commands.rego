# METADATA
# title: Commands
# description: >-
#   The commands in the added lines of a file. A pipe, a backslash and the like at the end of a line make one command of several
#   lines, with comments and empty lines between them.
package cabincrew.commands

import data.cabincrew.changed
import data.cabincrew.patterns
import data.cabincrew.scripts

# Added lines with a command that matches; of one over several lines the first.
matching(where, pattern) := {line | some line in changed.hits(where, pattern); not patterns.comment(line.text); not within(where, line, pattern)} | {{"line": one.line, "text": one.text} |
	some one in long(where)
	regex.match(pattern, one.text)
}

within(where, line, pattern) if {
	some one in long(where)
	one.line <= line.line
	one.last >= line.line
	regex.match(pattern, one.text)
}

long(where) := fresh[where.artifact]

# Commands over several lines that were not there before.
fresh[where.artifact] := {one | some one in joined(where.change.added); not one.text in old} if {
	some where in scripts.runnable
	old := {one.text | some one in joined(where.change.removed)}
}

joined(lines) := {{"line": kept[first].line, "last": kept[last].line, "text": text} |
	kept := [object.union(line, {"i": i}) | some i, line in lines; not regex.match(`^\s*(?:#[^!]|#?$|//)`, line.text)]
	open := {i | some i, line in kept; goes_on(line.text); adjacent(line, kept[i + 1])}
	some first in open
	not (first - 1) in open
	last := min({i | some i, _ in kept; i > first; not i in open})
	text := concat("", [piece(kept[i].text) | some i in numbers.range(first, last)])
}

adjacent(line, next) if next.line - line.line == next.i - line.i

goes_on(text) if regex.match(`\\$|\|\s*(?:#.*)?$|&&\s*$|[$<]\(\s*$|\s\x60$|\s-c\s*$|\beval\s*$`, text)

piece(text) := trim_suffix(trim_left(text, " \t"), "\\") if endswith(text, "\\")

else := concat("", [trim_space(regex.split(`\s#`, text)[0]), " "])

# A shell that stands alone behind a line nobody sees here, or a download whose pipe leads to one, once a line in between changes.
loose(where) := {line |
	where.change.op != "create"
	numbers := {line.line | some line in where.change.added}
	some line in changed.hits(where, patterns.alone)
	not (line.line - 1) in numbers
}
