# METADATA
# title: Data that is lost
# description: Statements after which data is gone.
package cabincrew.losses

import data.cabincrew.problem
import data.cabincrew.statements

problems contains problem.of(statement, "drop-database") if {
	some statement in statements.starting(["drop"])
	regex.match(`^drop (database|schema|keyspace|tablespace)\b`, statement.sql)
}

problems contains problem.of(statement, "drop-table") if {
	some statement in statements.starting(["drop"])
	regex.match(`^drop (foreign )?(table|materialized view)\b`, statement.sql)
	some name in dropped(statement.sql)
	not statements.made_before(statement, name)
}

dropped(sql) := {name |
	some part in split(regex.find_all_string_submatch_n(`^drop (?:foreign )?(?:table|materialized view) (?:if exists )?(.*)`, sql, 1)[0][1], ",")
	name := split(trim_space(part), " ")[0]
}

problems contains problem.of(statement, "drop-column") if {
	some statement in statements.starting(["alter"])
	regex.match(`^alter (foreign )?table .*\bdrop (column|\(|(if exists )?[\w.]+( (cascade|restrict))?( ,.*)?$)`, statement.top)
	not regex.match(`\bdrop (constraint|index|key|primary|foreign|check|default|partition|not|expression|identity|period|system|trigger|policy)\b`, statement.top)
	not statements.on_new_table(statement)
}

# One statement may do both.
problems contains problem.of(statement, "drop-column") if {
	some statement in statements.statements
	regex.match(`^alter (foreign )?table .*\bdrop column\b`, statement.top)
	not statements.on_new_table(statement)
}

problems contains problem.of(statement, "truncate") if {
	some statement in statements.starting(["truncate"])
	regex.match(`^truncate\b`, statement.sql)
	not emptied_own_table(statement, `^truncate (?:table )?(?:only )?([\w.]+)$`)
}

problems contains problem.of(statement, "delete-without-where") if {
	some statement in statements.starting(["delete", "with"])
	regex.match(`^(with .*\) )?delete (low_priority |quick |ignore |top \( \) )*(from )?\S`, statement.top)
	not regex.match(`\bwhere\b`, statement.top)
	not emptied_own_table(statement, `^delete from ([\w.]+)`)
}

problems contains problem.of(statement, "update-without-where") if {
	some statement in statements.starting(["update", "with"])
	regex.match(`^(with .*\) )?update .*\bset\b`, statement.top)
	not regex.match(`\bwhere\b`, statement.top)
	not emptied_own_table(statement, `^update (?:only )?([\w.]+)`)
}

problems contains problem.of(statement, "cascade") if {
	some statement in statements.starting(["drop"])
	regex.match(`^drop (?:view|type|domain|extension|function|sequence|owned|role|user|collation|server)\b.*\bcascade$`, statement.sql)
}

problems contains problem.of(statement, "cascade") if {
	some statement in statements.starting(["drop"])
	regex.match(`^drop owned\b`, statement.sql)
	not endswith(statement.sql, "cascade")
}

emptied_own_table(statement, pattern) if {
	table := regex.find_all_string_submatch_n(pattern, statement.sql, 1)[0][1]
	statements.made_before(statement, table)
}
