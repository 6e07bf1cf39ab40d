# METADATA
# title: Changed files and lines
# description: >-
#   The files of a plan with their changed lines, and the one form of every finding. A pack is compiled from its own directory,
#   so each pack that reads lines holds this same file.
package cabincrew.changed

# Files that hold something after take-off. Names are compared without case.
written := [where | some artifact in input.artifacts; artifact.change.op != "delete"; where := place(artifact, artifact.change.path)]

# Files a deletion or a rename takes away, under their old names.
gone := [where |
	some artifact in input.artifacts
	old := object.get(artifact.change, "old_path", artifact.change.path)
	taken(artifact.change, old)
	where := place(artifact, old)
]

taken(change, _) if change.op == "delete"

taken(change, old) if {
	change.op == "rename"
	old != change.path
}

# Code points HFS+ ignores inside names, so that ".g\u200cit" is ".git" there.
ignorable := {
	"\u200b": "",
	"\u200c": "",
	"\u200d": "",
	"\u200e": "",
	"\u200f": "",
	"\u202a": "",
	"\u202b": "",
	"\u202c": "",
	"\u202d": "",
	"\u202e": "",
	"\u2060": "",
	"\u206a": "",
	"\u206b": "",
	"\u206c": "",
	"\u206d": "",
	"\u206e": "",
	"\u206f": "",
	"\ufeff": "",
}

# Signs that a file system which does not tell small from capital letters takes for others, beyond what `lower` does.
folded := {
	"\u017f": "s",
	"\u00df": "ss",
	"\u1e9e": "ss",
	"\u212a": "k",
	"\ufb00": "ff",
	"\ufb01": "fi",
	"\ufb02": "fl",
	"\ufb03": "ffi",
	"\ufb04": "ffl",
	"\ufb05": "st",
	"\ufb06": "st",
}

same_name := object.union(ignorable, folded)

# Every name a change touches.
places := array.concat(written, gone)

place(artifact, path) := {
	"artifact": artifact.name,
	"change": artifact.change,
	"path": path,
	"base": segments[last],
	"tail": concat("/", array.slice(segments, last - 1, last + 1)),
	"directories": directories(segments, last + links(artifact.change)),
} if {
	segments := split(strings.replace_n(same_name, lower(path)), "/")
	last := count(segments) - 1
}

# A link may stand for a directory, so it counts as one of its own name too.
links(change) := 1 if "symlink" in {change.entry, object.get(change, "old_entry", "")}

else := 0

# Parents of a file, alone and in pairs: ".github", "workflows", ".github/workflows".
directories(segments, last) := singles | pairs if {
	singles := {segments[i] | some i in numbers.range(0, last); i < last}
	pairs := {concat("/", [segments[i], segments[i + 1]]) | some i in numbers.range(0, last); i < last}
}

# Whether a place belongs to one of the lists of data.paths; a list entry set to false does not count.
listed(where, list) if list.files[where.base] == true

listed(where, list) if list.paths[where.tail] == true

listed(where, list) if {
	some directory in where.directories
	list.directories[directory] == true
}

listed(where, list) if {
	some prefix, true in list.prefixes
	startswith(where.base, prefix)
}

listed(where, list) if {
	some suffix, true in list.suffixes
	endswith(where.base, suffix)
}

# The added lines of a file that match and were not merely moved or indented anew. Most files match nowhere, and one
# look at all their lines together is cheaper than one at each: so patterns use (?m) with ^ and $.
hits(where, pattern) := {line |
	count(where.change.added) > 0
	regex.match(pattern, concat("\n", [line.text | some line in where.change.added]))
	old := {trim_space(line.text) | some line in where.change.removed}
	some line in where.change.added
	regex.match(pattern, line.text)
	not trim_space(line.text) in old
}

# Whether the added lines hold one of these words: the first regular expression of all costs as much as the rest of a pack.
holds(where, words) if {
	text := concat("\n", [line.text | some line in where.change.added])
	some word in words
	contains(text, word)
}

# The lines that match, with what the pattern's group caught and their hunk: as many kept lines come before an added line
# as before the removed line it replaces, so that number names the hunk on both sides.
caught(lines, pattern) := [{"at": line.line - i, "line": line.line, "text": match[0][1]} |
	some i, line in lines
	match := regex.find_all_string_submatch_n(pattern, line.text, 1)
	count(match) == 1
]

# Of these, by hunk, those that are the only one in it.
single(lines, pattern) := {match.at: match |
	matches := caught(lines, pattern)
	some i, match in matches
	not at(matches, i - 1, match.at)
	not at(matches, i + 1, match.at)
}

at(matches, i, hunk) if matches[i].at == hunk

# A finding about a place: the rule's description continues the sentence that the path begins.
finding(annotations, where) := object.union(
	plain(annotations, concat(" ", [where.path, annotations.description])),
	{"artifact": where.artifact, "file": where.path},
)

# A finding about one line of a place.
finding_at(annotations, where, line) := object.union(finding(annotations, where), {"line": line})

# A finding about one line of a place that ends in what it is about.
finding_about(annotations, where, line, subject) := object.union(
	plain(annotations, concat("", [where.path, " ", trim_suffix(annotations.description, "."), ": ", subject])),
	{"artifact": where.artifact, "file": where.path, "line": line},
)

# A finding about the plan as a whole.
plain(annotations, message) := {
	"msg": message,
	"rule": annotations.custom.rule,
	"severity": annotations.custom.severity,
	"fix": annotations.custom.fix,
}

# A list of paths as `listed` reads it.
path_list(list) if {
	is_object(list)
	every kind, entries in list {
		kind in {"files", "paths", "directories", "prefixes", "suffixes"}
		name_list(entries)
	}
}

# Names and whether they count.
name_list(entries) if {
	is_object(entries)
	every listed in entries {
		is_boolean(listed)
	}
}
