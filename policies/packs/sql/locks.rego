# METADATA
# title: Locks
# description: >-
#   Statements that keep everybody else from a table while they rewrite or check it, as PostgreSQL does it. Where the database
#   is not known they count as well; where it is another one they do not.
package cabincrew.locks

import data.cabincrew.problem
import data.cabincrew.statements

locking := [statement |
	some statement in statements.starting(["alter", "create", "reindex", "vacuum", "cluster", "lock", "refresh"])
	statement.inside != "routine"
	dialect(statement) in {"postgres", "unknown"}
	not statements.on_new_table(statement)
]

# Governance may say what the text does not, and so may the name of the file. Others change their schema without long locks.
dialect(statement) := data.dialect if {
	data.dialect != "auto"
} else := databases[found] if {
	found := lower(regex.find_all_string_submatch_n(`(?i)(?:^|[/._-])(postgres|pg|mysql|mariadb|sqlite|mssql|sqlserver|oracle|cockroach|spanner|clickhouse)(?:ql|db|3)?[/._-]`, statement.file, 1)[0][1])
} else := statement.dialect

databases := {
	"postgres": "postgres",
	"pg": "postgres",
	"mysql": "mysql",
	"mariadb": "mysql",
	"sqlite": "sqlite",
	"mssql": "mssql",
	"sqlserver": "mssql",
	"oracle": "oracle",
	"cockroach": "other",
	"spanner": "other",
	"clickhouse": "other",
}

altering := [statement | some statement in locking; startswith(statement.sql, "alter table")]

# MySQL and SQL Server rewrite and lock too, with statements of their own.
elsewhere := [statement |
	some statement in statements.starting(["alter"])
	statement.inside != "routine"
	dialect(statement) in {"mysql", "mssql", "oracle", "unknown"}
	startswith(statement.sql, "alter table")
	not statements.on_new_table(statement)
]

volatile := `\bdefault \(* ?(random|gen_random_uuid|uuid_generate_v[0-9]\w*|clock_timestamp|timeofday|nextval|[\w]+\.[\w]+) \(`

problems contains problem.of(statement, "add-column-rewrite") if {
	some statement in altering
	regex.match(`\badd (column )?(if not exists )?\S+ `, statement.top)
	regex.match(volatile, statement.sql)
}

problems contains problem.of(statement, "add-column-rewrite") if {
	some statement in altering
	regex.match(`\badd (column )?(if not exists )?\S+ (small|big)?serial\b`, statement.top)
}

problems contains problem.of(statement, "add-column-not-null") if {
	some statement in array.concat(altering, [one | some one in elsewhere; dialect(one) != "unknown"])
	some clause in split(statement.top, " , ")
	regex.match(`\badd (column )?(if not exists )?\S+ .*\bnot null\b`, clause)
	not regex.match(`\badd (constraint|check)\b|\b(default|generated|identity|auto_increment|serial|bigserial|smallserial|as)\b`, clause)
}

problems contains problem.of(statement, "alter-type") if {
	some statement in altering
	regex.match(`\balter (column )?\S+ (set data )?type\b`, statement.top)
	not regex.match(`\balter column type (set|drop)\b`, statement.top)
}

problems contains problem.of(statement, "alter-type") if {
	some statement in elsewhere
	dialect(statement) in {"mysql", "mssql", "oracle"}
	regex.match(`\b(modify|change)( column)? \S|\balter column \S+ (?:[a-z]+)\b`, statement.top)
	not regex.match(`\balter column \S+ (set|drop)\b`, statement.top)
}

problems contains problem.of(statement, "rename") if {
	some statement in statements.starting(["alter", "rename", "exec", "execute", "sp_rename"])
	regex.match(`^alter (table|view|type|schema) .*\brename (to|column|attribute|value|as|[\w.]+ to)\b|^rename table\b|^(exec(ute)? )?sp_rename\b`, statement.sql)
	not statements.on_new_table(statement)
}

problems contains problem.of(statement, "constraint-checked") if {
	some statement in altering
	regex.match(`\badd (constraint \S+ )?(check|foreign key)\b`, statement.top)
	not contains(statement.sql, "not valid")
}

problems contains problem.of(statement, "constraint-checked") if {
	some statement in altering
	regex.match(`\badd (constraint \S+ )?(unique|primary key|exclude)\b`, statement.top)
	not contains(statement.sql, "using index")
}

problems contains problem.of(statement, "constraint-checked") if {
	some statement in altering
	regex.match(`\balter (column )?\S+ set not null\b`, statement.top)
}

problems contains problem.of(statement, "index-blocks-writes") if {
	some statement in locking
	regex.match(`^create (unique )?index\b`, statement.sql)
	not contains(statement.sql, " concurrently ")
}

problems contains problem.of(statement, "index-blocks-writes") if {
	some statement in locking
	regex.match(`^reindex\b`, statement.sql)
	not contains(statement.sql, " concurrently ")
}

problems contains problem.of(statement, "table-locked") if {
	some statement in locking
	regex.match(`^vacuum (\( )?.*\bfull\b|^cluster\b|^lock (table )?\S|^refresh materialized view \S+$|^refresh materialized view [^c]`, statement.sql)
}

problems contains problem.of(statement, "table-locked") if {
	some statement in statements.starting(["lock"])
	regex.match(`^lock tables? .*\bwrite\b`, statement.sql)
	not dialect(statement) in {"postgres", "unknown"}
}
