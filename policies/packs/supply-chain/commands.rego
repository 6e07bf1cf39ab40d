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

# A file that is downloaded and then run, where nothing in between says what was expected. Only files whose lines speak of a
# download are looked at: [line of the download, name].
fetched(where) := {[line.line, name] |
	changed.holds(where, ["curl", "wget", "iwr", "Invoke-WebRequest"])
	not checks(where)
	some line in changed.hits(where, patterns.download_to)
	not patterns.comment(line.text)
	some match in regex.find_all_string_submatch_n(patterns.download_to, line.text, -1)
	name := match[1]
	some other in where.change.added
	other.line >= line.line
	not patterns.comment(other.text)
	runs_file(other.text, name)
}

checks(where) if {
	some line in where.change.added
	regex.match(patterns.checked, line.text)
}

runs_file(text, name) if {
	contains(text, name)
	some part in regex.split(`&&|\|\||;|\||\bRUN\b|["']`, text)
	words := [word | some word in regex.split(`\s+`, trim_space(part)); not word in {"", "-", "run:", "sudo", "env", "exec", "then", "do"}]
	some i, word in words
	i < 4
	base_of(word) == name
	program(words, i)
}

base_of(word) := parts[count(parts) - 1] if parts := split(trim(word, `"'()`), "/")

# Alone it is a name, and not found on the path.
program(words, 0) if contains(words[0], "/")

program(words, i) if {
	i > 0
	regex.match(`^(?:.*/)?(?:(?:ba|z|k|da)?sh|python[0-9.]*|node|perl|ruby|php|source|\.|pwsh|powershell)$`, words[0])
	every word in array.slice(words, 1, i) {
		startswith(word, "-")
	}
}
