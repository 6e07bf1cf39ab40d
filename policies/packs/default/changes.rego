# METADATA
# title: File changes
# description: >-
#   The file changes of a plan as the rules want them. Names are compared without case and without the characters some file
#   systems ignore, because on such a file system they name the same file.
package cabincrew.changes

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

# Every file change with its artifact.
files := [{"artifact": artifact.name, "change": artifact.change} | some artifact in input.artifacts; artifact.change]

# Every name a change touches: the new one, and what a rename takes away.
places := array.concat(
	[place(file, file.change.path) | some file in files],
	[place(file, file.change.old_path) | some file in files; file.change.old_path != file.change.path],
)

# Names that hold something after take-off.
written := [place(file, file.change.path) | some file in files; file.change.op != "delete"]

place(file, path) := {
	"artifact": file.artifact,
	"change": file.change,
	"path": path,
	"segments": segments,
	"base": segments[last],
	"tail": concat("/", array.slice(segments, last - 1, last + 1)),
	"directories": directories(segments, last + links(file.change)),
} if {
	segments := names(path)
	last := count(segments) - 1
}

# Lower-case names along a path.
names(path) := split(strings.replace_n(same_name, lower(path)), "/")

# A link may stand for a directory, so it counts as one of its own name too.
links(change) := 1 if "symlink" in {change.entry, object.get(change, "old_entry", "")}

else := 0

# Parents of a file, alone and in pairs: ".github", "workflows", ".github/workflows". An artifact may be a directory itself.
directories(segments, last) := singles | pairs if {
	singles := {segments[i] | some i in numbers.range(0, last); i < last}
	pairs := {concat("/", [segments[i], segments[i + 1]]) | some i in numbers.range(0, last); i < last}
}

# Windows drops trailing dots and spaces, names .git also git~1, and reads after a colon the name of a stream.
git_directory(segment) if trim_right(split(segment, ":")[0], " .") in {".git", "git~1"}

# Programs and libraries in binary form are looked at by the pack supply-chain.
program(where) if {
	regex.match(`\.(?:wasm|so|so\.[0-9.]+|node|jar|war|class|exe|dll|dylib|pyc|pyd|msi|com|scr|deb|rpm|apk|whl|egg)$`, where.base)
}

# compose.prod.yaml; a beginning alone would take compose.ts too.
container(where) if listed(where, data.paths.container)

container(where) if regex.match(`^compose[.-][a-z0-9._-]+\.ya?ml$`, where.base)

# What programs read as text; UTF-16, which some write, counts as binary.
once_text(where) if where.change.became_binary

once_text(where) if {
	regex.match(`\.(?:bash|bat|c|cc|cfg|cjs|cmd|conf|cpp|cs|css|csv|env|go|h|hcl|html?|inf|ini|java|js|json|jsx|kt|md|mjs|php|pl|properties|ps1|psd1|psm1|py|rb|rc|reg|resx|rs|sh|sql|strings|swift|tf|toml|ts|tsv|tsx|txt|vb|vbs|vue|xml|ya?ml)$`, where.base)
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

# A finding about a place: the rule's description continues the sentence that the path begins.
finding(annotations, where) := object.union(
	plain(annotations, concat(" ", [where.path, annotations.description])),
	{"artifact": where.artifact, "file": where.path},
)

# A finding about one line of a place.
finding_at(annotations, where, line) := object.union(finding(annotations, where), {"line": line})

# A finding about the plan as a whole.
plain(annotations, message) := {
	"msg": message,
	"rule": annotations.custom.rule,
	"severity": annotations.custom.severity,
	"fix": annotations.custom.fix,
}

# A finding about how many there are of something.
counted(annotations, number) := plain(annotations, concat(" ", [format_int(number, 10), annotations.description]))
