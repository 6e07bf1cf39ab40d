# METADATA
# title: Rights and guards
# description: Who may do what afterwards, which checks are off, and what runs outside of the database.
package cabincrew.rights

import data.cabincrew.problem
import data.cabincrew.statements

problems contains problem.of(statement, "grant-public") if {
	some statement in statements.starting(["grant", "alter"])
	regex.match(`^(grant|alter default privileges .*\bgrant)\b.* to (.*, )?public\b`, statement.sql)
}

problems contains problem.of(statement, "superuser") if {
	some statement in statements.starting(["create", "alter", "grant", "exec", "execute", "sp_addsrvrolemember"])
	regex.match(`^(create|alter) (role|user) .*\b(superuser|bypassrls)\b|^grant all( privileges)? on \* ?\. ?\* to\b|\balter server role sysadmin add\b|^(exec(ute)? )?sp_addsrvrolemember\b`, statement.sql)
}

problems contains problem.of(statement, "row-security-off") if {
	some statement in statements.starting(["alter", "drop"])
	regex.match(`^alter table .*\b(disable row level security|no force row level security)\b|^drop policy\b`, statement.sql)
	not statements.on_new_table(statement)
}

problems contains problem.of(statement, "checks-off") if {
	some statement in statements.starting(["pragma", "set", "alter"])
	off(statement.sql)
	not on_again(statement)
}

problems contains problem.of(statement, "checks-off-for-a-while") if {
	some statement in statements.starting(["pragma", "set", "alter"])
	off(statement.sql)
	on_again(statement)
}

off(sql) if {
	regex.match(`^pragma (\w+\.)?(foreign_keys|defer_foreign_keys|ignore_check_constraints) (= |\( )(off|0|false|no)\b`, sql)
	not contains(sql, "ignore_check")
}

off(sql) if regex.match(`^pragma (\w+\.)?ignore_check_constraints (= |\( )(on|1|true|yes)\b`, sql)

off(sql) if regex.match(`^set .*\b(foreign_key_checks|unique_checks) (= |: = )(0|off|false)\b`, sql)

off(sql) if regex.match(`^set (session |local )?session_replication_role (= |to )(''|replica)`, sql)

off(sql) if regex.match(`^alter table .*\b(disable trigger|nocheck constraint|disable constraint|disable keys)\b`, sql)

# A later statement of the same file turns them on again.
on_again(statement) if {
	some later in statements.starting(["pragma", "set", "alter", "reset"])
	later.artifact == statement.artifact
	later.line > statement.line
	regex.match(`^pragma (\w+\.)?foreign_keys (= |\( )(on|1|true|yes)\b|^set .*\b(foreign_key_checks|unique_checks) (= |: = )(1|on|@)|^set (session |local )?session_replication_role (= |to )(default|origin)|^alter table .*\b(enable trigger|check constraint|enable constraint|enable keys)\b|^reset session_replication_role`, later.sql)
}

problems contains problem.of(statement, "runs-programs") if {
	some statement in statements.statements
	regex.match(`^copy .* (from|to) program\b|\bxp_cmdshell\b|^\\!|^\\(o|out|g|gx|w|write|copy)\b.*\||^\\.*\x60|^\.(shell|system|load|once \||output \|)|^!|^:!!|^system |\binto (outfile|dumpfile)\b|\blo_(import|export) \(|\bpg_read_(binary_)?file \(|\bload_extension \(|\bsys_exec \(|\blanguage (plpython\w*u|plperlu|pltclu|c)\b`, statement.sql)
}

problems contains problem.of(statement, "client-command") if {
	some statement in statements.statements
	regex.match(`^\\(i|ir|include|include_relative|copy|o|out|w|write|c|connect|lo_import|lo_export|cd)\b|^\.(read|import|output|once|save|backup|restore|open|excel|archive|ar|dbconfig|cd)\b|^:r\b|^source \S|^(load data|attach|detach)\b`, statement.sql)
	not statement.sql in {"\\connect", "\\c"}
	not regex.match(`^\\(o|out|g|gx|w|write|copy)\b.*\|`, statement.sql)
}

# psql runs what a query answers, and puts a variable into the text as it is.
problems contains problem.of(statement, "dynamic") if {
	some statement in statements.statements
	regex.match(`(?i)^\\gexec\b|^\\(?:set|pset|prompt)\b.*\b(?:drop|truncate|delete|alter|grant|update)\b`, statement.sql)
}

problems contains problem.of(statement, "dynamic") if {
	some statement in statements.statements
	statement.code != ""
	regex.match(risky(statement), statement.code)
}

# In a block texts are put together for much else, and a routine that makes partitions alters tables all the time.
risky(statement) := `(?i)\b(drop|truncate|delete|alter|grant|update)\b` if at_once(statement)

else := `(?i)\b(drop\s+(table|schema|database|materialized|owned|column)|truncate|delete\s+from|grant\s.*\bto\s+public|alter\s+(role|user)\s.*superuser)\b`

at_once(statement) if {
	statement.inside != "routine"
	regex.match(`^(exec|execute|prepare|select|perform)\b`, statement.sql)
}
