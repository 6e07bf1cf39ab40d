# METADATA
# title: Migrations
# description: >-
#   Migrations written in the languages of frameworks, read line by line. What stands in files of SQL is looked at by the pack sql.
package cabincrew.schema_changes

import data.cabincrew.changes

migration(where) if {
	changes.listed(where, data.paths.migrations)
	regex.match(`\.(?:cjs|cs|cts|ex|exs|go|groovy|java|js|json|kt|mjs|mts|php|py|rb|scala|ts|xml|ya?ml)$`, where.base)
}

# Added lines that lose something and are not what undoes a migration; most files hold none.
losses(change) := {line |
	regex.match(loss, concat("\n", [line.text | some line in change.added]))
	old := {trim_space(line.text) | some line in change.removed}
	marks := [mark | some line in change.added; mark := mark_of(line)]
	some line in change.added
	regex.match(loss, line.text)
	not regex.match(comment, line.text)
	not trim_space(line.text) in old
	not undoes(marks, line.line)
}

# Rails and Ecto, Alembic, Django, Knex, Sequelize, TypeORM and Laravel, Entity Framework, Liquibase, MongoDB; SQL in any of them.
loss := concat("", [
	`(?im)\b(?:drop_table|drop_join_table|drop_column|remove_columns?|remove_reference|remove_belongs_to|remove_timestamps`,
	`|delete_?model|remove_?field|drop_?table(?:_?if_?exists)?|drop_?columns?|remove_?column|drop_?schema|drop_?collection|drop_?database)\b`,
	`|\bschema::drop(?:ifexists)?\b|^\s*drop(?:_if_exists)?[ (]+table\b|^\s*remove[ (]+:\w`,
	`|\bdrop\s+(?:table|column|schema|database)\s+["\x60\[\w]|\btruncate\s+(?:table\s+)?["\x60\[]?\w+["\x60\]]?\s*[;"'\x60]`,
	`|\bdelete\s+from\s+["\x60\[]?[\w.]+["\x60\]]?\s*(?:[;"'\x60)]|$)`,
])

comment := `^\s*(?:#|//|/?\*|--|<!--)`

# Which way the lines below go, by the name of the function or element that begins there.
mark_of(line) := {"line": line.line, "down": down(match)} if {
	not regex.match(comment, line.text)
	match := regex.find_all_string_submatch_n(`(?i)(?:^|[\s.])(?:self\.)?(up|down|upgrade|downgrade|change|safeup|safedown)(?:async)?\s*(?:\(|=|:|\{|do\b|$)|(</?rollback\b|\brollback\s*:|<?changeset\b)`, line.text, 1)[0]
}

default down(_) := false

down(match) if lower(match[1]) in {"down", "downgrade", "safedown"}

down(match) if regex.match(`(?i)^<?rollback`, match[2])

undoes(marks, number) if {
	before := [mark | some mark in marks; mark.line <= number]
	before[count(before) - 1].down
}
