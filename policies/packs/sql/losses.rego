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
	some name in statements.dropped(statement.sql)
	not statements.made_before(statement, name)
}

# One statement may do several things.
problems contains problem.of(statement, "drop-column") if {
	some statement in statements.starting(["alter"])
	regex.match(`^alter (foreign )?table\b`, statement.top)
	some clause in split(statement.top, " , ")
	drops_column(clause)
	not statements.on_new_table(statement)
}

drops_column(clause) if regex.match(`\bdrop column\b`, clause)

drops_column(clause) if {
	regex.match(`\bdrop (\(|(if exists )?[\w.]+( (cascade|restrict))?$)`, clause)
	not regex.match(`\bdrop (if exists )?(constraint|index|key|primary|foreign|check|default|partition|not|expression|identity|period|system|trigger|policy)\b`, clause)
}

problems contains problem.of(statement, "truncate") if {
	some statement in statements.starting(["truncate"])
	regex.match(`^truncate\b`, statement.sql)
	not emptied_own_table(statement, `^truncate (?:table )?(?:only )?([\w.]+)$`)
}

problems contains problem.of(statement, "delete-without-where") if {
	some statement in statements.starting(["delete", "with"])
	regex.match(`^(with .*\) )?delete (low_priority |quick |ignore |top \( \) )*(from )?\S`, statement.top)
	not narrowed(statement.top)
	not emptied_own_table(statement, `^delete from ([\w.]+)`)
}

problems contains problem.of(statement, "update-without-where") if {
	some statement in statements.starting(["update", "with"])
	regex.match(`^(with .*\) )?update .*\bset\b`, statement.top)
	not narrowed(statement.top)
	not emptied_own_table(statement, `^update (?:only )?([\w.]+)`)
}

# MERGE deletes what its condition matches, which may be every row, or what the source does not have.
problems contains problem.of(statement, "merge-deletes") if {
	some statement in statements.starting(["merge", "with"])
	regex.match(`\bwhen (not )?matched( by (source|target))? then delete\b`, statement.top)
	regex.match(`^(with .*\) )?merge (top \( \) )?(into )?\S`, statement.top)
	table := regex.find_all_string_submatch_n(`\bmerge (?:top \( \) )?(?:into )?(?:only )?([\w.]+)`, statement.top, 1)[0][1]
	not statements.made_before(statement, table)
}

# A WHERE that is true of every row is none.
narrowed(top) if {
	regex.match(`\bwhere\b`, top)
	not regex.match(`\bwhere (?:true|not false|[1-9]|1 = 1|0 = 0|'' = '')(?: (?:returning|limit|or)\b.*)?$`, top)
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
