# METADATA
# title: Lock file entries
# description: The lock files of a plan, and what a hunk of one says about its entry.
package cabincrew.lock_entries

import data.cabincrew.changed
import data.cabincrew.patterns

locks := [where | some where in changed.written; changed.listed(where, data.paths.lock_files)]

algorithm(text) := regex.find_all_string_submatch_n(`^(sha[0-9]+-|[0-9a-z]+/|sha[0-9]+:)?`, text, 1)[0][0]

# Whether a hunk says that its entry is another one, or another version of it.
another(where, hunk) if {
	some lines in [where.change.added, where.change.removed]
	some match in changed.caught(lines, patterns.identity)
	match.at == hunk
	not contains(match.text, "integrity")
}

another(where, hunk) if begins(where, hunk)

# In Cargo.lock a line that stays stands between the version and the fingerprint.
another_above(where, line) if (line - 2) in bumped[where.artifact]

bumped[where.artifact] := {match.line | some hunk, match in new; old[hunk].text != match.text} if {
	some where in locks
	where.base == "cargo.lock"
	new := changed.single(where.change.added, patterns.version)
	old := changed.single(where.change.removed, patterns.version)
}

begins(where, hunk) if {
	some lines in [where.change.added, where.change.removed]
	some match in changed.caught(lines, patterns.entry)
	match.at == hunk
}

kept(lines, pattern) := count([line | some line in lines; regex.match(pattern, line.text)])
