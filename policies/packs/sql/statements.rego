# METADATA
# title: Statements
# description: >-
#   Every SQL statement of the plan as the parser gives it: lower case, without comments, strings and quoted names made harmless.
#   Statements a file held before are not the change's doing.
package cabincrew.statements

# An artifact without an old text is new as a whole.
files := [{
	"artifact": artifact,
	"name": file(artifact),
	"undoes": undoes(file(artifact)),
	"before": {known(document.value) | some document in artifact.before.documents},
	"made": made(artifact.documents, new_table),
	"perhaps_made": made(artifact.documents, any_table),
	"ended": ended(artifact.documents),
} |
	some artifact in input.artifacts
]

statements := [{
	"artifact": found.artifact.name,
	"file": found.name,
	"at": [document.value.line, i],
	"line": document.value.line,
	"sql": document.value.statement,
	"first": split(document.value.statement, " ")[0],
	"top": document.value.top,
	"dialect": document.value.dialect,
	"code": object.get(document.value, "code", ""),
	"down": down(found, document.value),
	"inside": object.get(document.value, "inside", ""),
	"block": object.get(document.value, "block", 0),
	"kept": known(document.value) in found.before,
	"made": found.made,
	"perhaps_made": found.perhaps_made,
	"ended": found.ended,
} |
	some found in files
	some i, document in found.artifact.documents
	is_string(document.value.statement)
	not regex.match(`^(insert|values|comment|commit|rollback|end|begin)\b`, document.value.statement)
]

# What a routine did is not what happens at once.
known(value) := [object.get(value, "inside", ""), object.get(value, "direction", "up"), value.statement]

# Most rules are about statements that begin with a certain word, and a dump has very many others.
by_word := {word: found |
	some word in {statement.first | some statement in statements}
	found := [statement | some statement in statements; statement.first == word]
}

starting(words) := [statement | some word in words; some statement in by_word[word]]

file(artifact) := artifact.change.path

file(artifact) := object.get(artifact, "target", artifact.name) if not artifact.change

# Written to be run when a migration is undone, by its place in the file or by the name of the file.
down(found, value) if {
	found.undoes
	is_object(value)
} else := value.direction == "down"

default undoes(_) := false

undoes(path) if regex.match(`(?i)(^|[._/-])(down|undo|rollback|revert)([._-][^/]*)?\.sql$|(^|/)(down|undo|rollback|revert)/[^/]*$|(^|/)U[0-9][^/]*__[^/]*$`, path)

# A table that did not exist before its own file: it is empty, so nothing waits for it and nothing is lost.
new_table := `^create (?:(?:global |local )?temp(?:orary)? |unlogged )?table ([\w.]+) (?:\(|as|of|like|using|partition)`

# With IF NOT EXISTS it may have been there, which matters for its rows, and hardly ever for locks.
any_table := `^create (?:(?:global |local )?temp(?:orary)? |unlogged )?table (?:if not exists )?([\w.]+)`

# Where each is made: [line, place in the file], table, the block it is made in.
made(documents, pattern) := {[[document.value.line, i], matches[0][1], object.get(document.value, "block", 0)] |
	some i, document in documents
	startswith(document.value.statement, "create ")
	not contains(document.value.statement, " on commit drop")
	matches := regex.find_all_string_submatch_n(pattern, document.value.statement, 1)
	not conditional(documents, i)
}

# Nobody knows whether what follows a condition happens.
conditional(documents, i) if condition(documents[i - 1].value.statement)

conditional(documents, i) if {
	block := documents[i].value.block
	some j in numbers.range(0, i)
	documents[j].value.block == block
	condition(documents[j].value.statement)
}

condition(sql) if regex.match(`^(if|else|elsif|elseif|while|for|foreach|loop|case|when|exception|return|exit)\b`, sql)

made_before(statement, table) if {
	some [at, name, block] in statement.made
	name == table
	block in {0, statement.block}
	at < statement.at
	not ended_between(statement, table, at)
}

# Where a table made here ends: behind that its name is another one's, which a temporary table hid.
ended(documents) := {[[document.value.line, i], name] |
	some i, document in documents
	some name in ending(document.value.statement)
}

ending(sql) := dropped(sql) if startswith(sql, "drop table ")

ending(sql) := {""} if regex.match(`^(?:rollback|discard)\b`, sql)

ended_between(statement, table, made_at) if {
	some [at, name] in statement.ended
	name in {table, ""}
	at > made_at
	at < statement.at
}

dropped(sql) := {name |
	some part in split(regex.find_all_string_submatch_n(`^drop (?:foreign )?(?:table|materialized view) (?:if exists )?(.*)`, sql, 1)[0][1], ",")
	name := split(trim_space(part), " ")[0]
}

# The table an ALTER, CREATE INDEX and the like is about.
on_new_table(statement) if {
	table := regex.find_all_string_submatch_n(about, statement.sql, 1)[0][1]
	some [at, name, block] in statement.perhaps_made
	name == table
	block in {0, statement.block}
	at < statement.at
}

about := `^(?:alter table (?:if exists )?(?:only )?|create (?:unique )?index (?:if not exists )?(?:[\w.]+ )?on (?:only )?|lock (?:table )?(?:only )?)([\w.]+)`
