# METADATA
# title: One problem
# description: What a rule objects to, in small values only.
package cabincrew.problem

of(statement, rule) := {
	"rule": rule,
	"artifact": statement.artifact,
	"file": statement.file,
	"line": statement.line,
	"sql": shortened(statement.sql),
	"down": statement.down,
	"kept": statement.kept,
	"place": place(statement.inside),
}

shortened(sql) := sql if count(sql) <= 100

shortened(sql) := concat("", [substring(sql, 0, 100), "..."]) if count(sql) > 100

# Not at once, but whenever somebody calls it.
place("routine") := " in a routine or rule"

place(inside) := "" if inside != "routine"
