package cabincrew.sql_test

import data.cabincrew.sql

# As the parser gives it; one level of parentheses is enough here.
document(statement, i) := {
	"value": {"statement": statement, "top": concat("( )", regex.split(`\([^()]*\)`, statement)), "line": i + 1, "dialect": "unknown", "direction": "up", "inside": ""},
	"lines": {"": i + 1},
}

documents(statements) := [document(statement, i) | some i, statement in statements]

plan(artifacts) := {"format": "cabincrew.preflight/1", "artifacts": artifacts}

artifact(found) := {"name": "x", "change": {"op": "create", "path": "db/001_a.sql", "entry": "file"}, "documents": found}

rules(input_document) := {concat(" ", [decision, trim_prefix(finding.rule, "sql/")]) |
	some decision in ["deny", "require_approval", "warn"]
	some finding in sql[decision] with input as input_document
}

# New statements, one after the other.
of(statements) := rules(plan([artifact(documents(statements))]))

in_dialect(dialect, statement) := rules(plan([artifact([json.patch(document(statement, 0), [{"op": "replace", "path": "/value/dialect", "value": dialect}])])]))

test_ordinary_statements_are_allowed if {
	of(["create table a ( x int )", "create view v as select 1", "select '' from a where x = 1", "insert into a values ( '' )", "alter table a add column y int", "begin", "commit"]) == set()
	of([]) == set()
	rules(plan([])) == set()
	rules(plan([{"name": "x", "documents": [{"value": "text"}, {"value": null}]}])) == set()
}

test_dropped_databases if {
	of(["drop database a"]) == {"deny drop-database"}
	of(["drop schema if exists a cascade"]) == {"deny drop-database"}
	of(["drop database_user"]) == set()
}

test_dropped_tables if {
	of(["drop table a"]) == {"require_approval drop-table"}
	of(["drop table if exists a , b cascade"]) == {"require_approval drop-table"}
	of(["drop materialized view a"]) == {"require_approval drop-table"}
	of(["drop index a"]) == set()
	of(["drop view a"]) == set()
	of(["create table a ( x int )", "drop table a"]) == set()
	of(["drop table if exists a", "create table a ( x int )"]) == {"require_approval drop-table"}
	of(["create table if not exists a ( x int )", "drop table a"]) == {"require_approval drop-table"}
	of(["create table a ( x int )", "drop table a , b"]) == {"require_approval drop-table"}
}

test_tables_that_a_temporary_one_hid if {
	of(["create temp table a ( x int )", "drop table a", "drop table a"]) == {"require_approval drop-table"}
	of(["create temp table a ( x int )", "drop table a", "delete from a"]) == {"require_approval delete-without-where"}
	of(["create temp table a ( x int )", "rollback", "truncate a"]) == {"require_approval truncate"}
	of(["create temp table a ( x int ) on commit drop", "drop table a"]) == {"require_approval drop-table"}
	of(["create temp table a ( x int )", "drop table a", "create temp table a ( x int )", "drop table a"]) == set()
}

test_several_things_in_one_alter if {
	of(["alter table a drop b , drop constraint c"]) == {"require_approval drop-column"}
	of(["alter table a drop constraint c , drop b"]) == {"require_approval drop-column"}
	of(["alter table a drop constraint c , drop constraint if exists d"]) == set()
	of(["alter table a alter column b drop default , alter column c drop not null"]) == set()
}

test_conditions_that_are_true_of_every_row if {
	of(["delete from a where true"]) == {"require_approval delete-without-where"}
	of(["delete from a where 1 = 1 returning *"]) == {"require_approval delete-without-where"}
	of(["update a set b = 1 where '' = ''"]) == {"require_approval update-without-where"}
	of(["delete from a where 1 = 1 and b = 2"]) == set()
	of(["delete from a where true = b"]) == set()
}

test_commands_of_psql_that_run_text if {
	of([`\gexec`]) == {"require_approval dynamic"}
	of([`\set x 'drop table users;'`]) == {"require_approval dynamic"}
	of([`\set x 'users'`]) == set()
	of(["\\set x \u0060rm -r /\u0060"]) == {"deny runs-programs"}
}

test_dropped_columns if {
	every statement in ["alter table a drop column b", "alter table a drop b", "alter table a add c int , drop column b", "alter table a drop column b , drop constraint c", "alter table a drop if exists b cascade"] {
		of([statement]) == {"require_approval drop-column"}
	}
	every statement in ["alter table a drop constraint b", "alter table a alter column b drop not null", "alter table a alter b drop default", "alter table a drop index b"] {
		of([statement]) == set()
	}
}

test_truncate if {
	of(["truncate table a"]) == {"require_approval truncate"}
	of(["truncate a , b"]) == {"require_approval truncate"}
	of(["create table a ( x int )", "truncate a"]) == set()
	of(["select truncate ( x )"]) == set()
}

test_delete_without_where if {
	every statement in ["delete from a", "delete a", "delete from a using ( select 1 where true )", "with x as ( select 1 where true ) delete from a", "delete from _where_"] {
		of([statement]) == {"require_approval delete-without-where"}
	}
	every statement in ["delete from a where x = 1", "with x as ( select 1 ) delete from a where y = 2", "with x as ( select 1 ) select deleted from x"] {
		of([statement]) == set()
	}
	of(["create temp table a ( x int )", "delete from a"]) == set()
}

# One inside of a routine, a block or a rule; texts of one number stand in the same.
inside(kind, block, statement) := {"value": object.union(document(statement, 0).value, {"inside": kind, "block": block})}

in_line(values) := [json.patch(value, [{"op": "replace", "path": "/value/line", "value": i + 1}]) | some i, value in values]

within(values) := rules(plan([artifact(in_line(values))]))

test_what_routines_and_rules_do if {
	every statement, rule in {"drop table a": "drop-table", "truncate a": "truncate", "delete from a": "delete-without-where", "update a set b = 1": "update-without-where"} {
		within([inside("routine", 1, statement)]) == {concat(" ", ["require_approval", rule])}
	}
	within([inside("routine", 1, "delete from a where b = 1"), inside("routine", 1, "update a set b = 1 where c = old.c")]) == set()
	within([inside("routine", 1, "create index a on b ( c )"), inside("routine", 1, "alter table a add column b bigserial")]) == set()
	findings := sql.require_approval with input as plan([artifact([inside("routine", 1, "truncate a")])])
	some finding in findings
	contains(finding.msg, "`truncate a` in a routine or rule. ")
}

test_tables_made_where_nobody_knows_whether_it_happens if {
	drop := document("drop table users", 0)
	every made in [
		[inside("routine", 1, "create table users ( x int )")],
		[inside("do", 1, "create temp table users ( x int )")],
		[document("if 1 = 0", 0), document("create table users ( x int )", 0)],
	] {
		within(array.concat(made, [drop])) == {"require_approval drop-table"}
	}
	made := inside("do", 1, "create temp table users ( x int )")
	within([inside("do", 1, "if false"), made, inside("do", 1, "end if"), inside("do", 1, "drop table users")]) == {"require_approval drop-table"}
	within([made, inside("do", 1, "drop table users")]) == set()
	within([made, inside("do", 2, "drop table users")]) == {"require_approval drop-table"}
}

test_what_a_routine_did_is_not_what_happens_at_once if {
	old := [inside("routine", 1, "delete from a")]
	new := array.concat(old, [document("delete from a", 1)])
	rules(plan([object.union(artifact(new), {"before": {"documents": old}})])) == {"require_approval delete-without-where", "warn kept"}
}

test_texts_that_routines_run if {
	risky := {"value": object.union(inside("routine", 1, "execute ''").value, {"code": "DROP TABLE a"})}
	within([risky]) == {"require_approval dynamic"}
	usual := json.patch(risky, [{"op": "replace", "path": "/value/code", "value": "alter table %I attach partition %I"}])
	within([usual]) == set()
	within([json.patch(usual, [{"op": "replace", "path": "/value/inside", "value": "do"}])]) == {"require_approval dynamic"}
	message := {"value": object.union(inside("do", 1, "m : = ''").value, {"code": "cannot update or delete a row"})}
	within([message]) == set()
}

test_merges if {
	every statement in [
		"merge into a using b on a.x = b.x when matched then delete",
		"merge a using b on ( a.x = b.x ) when matched and b.y = 1 then update set z = 1 when not matched by source then delete",
		"with b as ( select 1 ) merge into a using b on true when matched then delete",
	] {
		of([statement]) == {"require_approval merge-deletes"}
	}
	every statement in [
		"merge into a using b on a.x = b.x when matched and b.gone then delete when matched then update set y = b.y",
		"merge into a using b on a.x = b.x when not matched then insert ( x ) values ( 1 )",
	] {
		of([statement]) == set()
	}
}

test_update_without_where if {
	of(["update a set x = 1"]) == {"require_approval update-without-where"}
	of(["with x as ( select 1 where true ) update a set x = 1"]) == {"require_approval update-without-where"}
	of(["update a set x = 1 where y = 2"]) == set()
	of(["update statistics a"]) == set()
	of(["insert into a values ( 1 ) on conflict do update set x = 1"]) == set()
	of(["select 1 from a for update"]) == set()
}

test_cascades if {
	of(["drop type a cascade"]) == {"require_approval cascade"}
	of(["drop owned by a"]) == {"require_approval cascade"}
	of(["drop view a"]) == set()
	of(["drop function cascade ( )"]) == set()
}

test_columns_that_rewrite if {
	every statement in ["alter table a add column b uuid default gen_random_uuid ( )", "alter table a add b float default random ( )", "alter table a add column b bigserial"] {
		of([statement]) == {"require_approval add-column-rewrite"}
	}
	every statement in ["alter table a add column b timestamptz default now ( )", "alter table a add column b int default 0"] {
		of([statement]) == set()
	}
	of(["create table a ( x int )", "alter table a add column b bigserial"]) == set()
	in_dialect("sqlite", "alter table a add column b float default random ( )") == set()
}

test_columns_that_must_not_be_empty if {
	of(["alter table a add column b int not null"]) == {"require_approval add-column-not-null"}
	in_dialect("mysql", "alter table a add b int not null") == {"require_approval add-column-not-null"}
	of(["alter table a add column b int not null default 0"]) == set()
	of(["alter table a add column b int default 0 , add column c int not null"]) == {"require_approval add-column-not-null"}
	of(["alter table a add column b int"]) == set()
}

test_types_that_change if {
	of(["alter table a alter column b type bigint"]) == {"require_approval alter-type"}
	of(["alter table a alter b set data type bigint"]) == {"require_approval alter-type"}
	in_dialect("mysql", "alter table a modify column b bigint") == {"require_approval alter-type"}
	in_dialect("mssql", "alter table a alter column b bigint") == {"require_approval alter-type"}
	of(["alter table a alter column type set default 1"]) == set()
	in_dialect("mysql", "alter table a alter column b set default 1") == set()
}

test_renames if {
	every statement in ["alter table a rename to b", "alter table a rename column b to c", "rename table a to b", "exec sp_rename '' , ''", "alter table a rename b to c"] {
		of([statement]) == {"require_approval rename"}
	}
	of(["alter index a rename to b"]) == set()
	of(["create table a ( x int )", "alter table a rename to b"]) == set()
}

test_constraints if {
	every statement in ["alter table a add constraint b foreign key ( c ) references d ( e )", "alter table a add check ( x > 0 )", "alter table a add constraint b unique ( c )", "alter table a alter column b set not null"] {
		of([statement]) == {"require_approval constraint-checked"}
	}
	every statement in ["alter table a add constraint b foreign key ( c ) references d ( e ) not valid", "alter table a add constraint b unique using index c", "alter table a validate constraint b"] {
		of([statement]) == set()
	}
	in_dialect("mysql", "alter table a add constraint b unique ( c )") == set()
	of(["create table if not exists a ( x int )", "alter table only a add constraint b primary key ( x )"]) == set()
}

test_indexes if {
	of(["create index a on b ( c )"]) == {"require_approval index-blocks-writes"}
	of(["create unique index if not exists a on b ( c )"]) == {"require_approval index-blocks-writes"}
	of(["create index concurrently a on b ( c )"]) == set()
	of(["create table b ( c int )", "create index a on b ( c )"]) == set()
	in_dialect("sqlite", "create index a on b ( c )") == set()
	of(["reindex table a"]) == {"require_approval index-blocks-writes"}
}

test_the_name_of_a_file_may_tell_the_dialect if {
	every path in ["m/001.mysql.up.sql", "m/sqlite3/001.sql", "cockroachdb/001.sql", "spanner/001.sql"] {
		index(path) == set()
	}
	every path in ["m/001.postgres.up.sql", "postgresql/001.sql", "m/mysqlish.sql"] {
		index(path) == {"require_approval index-blocks-writes"}
	}
}

index(path) := rules(plan([object.union(artifact(documents(["create index a on b ( c )"])), {"change": {"path": path}})]))

test_locks if {
	every statement in ["vacuum full a", "cluster a", "lock table a in access exclusive mode", "refresh materialized view a"] {
		of([statement]) == {"require_approval table-locked"}
	}
	every statement in ["vacuum a", "refresh materialized view concurrently a", "analyze a"] {
		of([statement]) == set()
	}
	in_dialect("mysql", "lock tables a write") == {"require_approval table-locked"}
}

test_governance_may_name_the_dialect if {
	count(sql.require_approval) == 0 with input as plan([artifact(documents(["create index a on b ( c )"]))])
		with data.dialect as "mysql"
}

test_grants if {
	of(["grant select on a to public"]) == {"deny grant-public"}
	of(["alter default privileges in schema a grant select on tables to public"]) == {"deny grant-public"}
	of(["grant usage on schema public to app"]) == set()
	of(["revoke all on a from public"]) == set()
	of(["grant select on public.a to app"]) == set()
}

test_superusers if {
	of(["alter role a superuser"]) == {"deny superuser"}
	of(["create role a with login bypassrls"]) == {"deny superuser"}
	of(["grant all privileges on *.* to a"]) == {"deny superuser"}
	of(["grant all privileges on * . * to a"]) == {"deny superuser"}
	of(["create role a nosuperuser"]) == set()
	of(["create role superuser_reader"]) == set()
}

test_row_security if {
	of(["alter table a disable row level security"]) == {"require_approval row-security-off"}
	of(["drop policy a on b"]) == {"require_approval row-security-off"}
	of(["alter table a enable row level security"]) == set()
}

test_checks_off if {
	every statement in ["pragma foreign_keys = off", "pragma foreign_keys ( 0 )", "set foreign_key_checks = 0", "set session_replication_role = ''", "alter table a disable trigger all", "alter table a nocheck constraint all"] {
		of([statement]) == {"require_approval checks-off"}
	}
	of(["pragma foreign_keys = off", "pragma foreign_keys = on"]) == {"warn checks-off-for-a-while"}
	of(["pragma foreign_keys = on", "pragma foreign_keys = off"]) == {"require_approval checks-off"}
	of(["pragma foreign_keys = on", "set foreign_key_checks = 1", "set row_security = off"]) == set()
}

test_programs if {
	every statement in ["copy a from program ''", "\\! rm -rf /", ".shell id", ".system id", "exec xp_cmdshell ''", "create function f ( ) returns int as '' language plpython3u", "select lo_import ( '' )", "\\o | sh", "select 1 into outfile ''"] {
		of([statement]) == {"deny runs-programs"}
	}
	every statement in ["copy a from stdin", "create function f ( ) returns int as '' language plpgsql", "select program from a"] {
		of([statement]) == set()
	}
}

test_client_commands if {
	every statement in ["\\i other.sql", ".read other.sql", ":r other.sql", "source other.sql", "attach '' as b"] {
		of([statement]) == {"require_approval client-command"}
	}
	every statement in ["\\set ON_ERROR_STOP on", "\\echo hello", ".headers on", ".timeout 1000"] {
		of([statement]) == set()
	}
}

test_statements_of_strings if {
	with_code("DROP TABLE a") == {"require_approval dynamic"}
	with_code("select 1") == set()
}

with_code(text) := rules(plan([artifact([json.patch(document("execute ''", 0), [{"op": "add", "path": "/value/code", "value": text}])])]))

test_statements_that_were_there_before if {
	changed(["drop table a"], ["drop table a", "create table c ( x int )"]) == {"warn kept"}
	changed(["drop table a"], ["drop table b"]) == {"require_approval drop-table"}
}

changed(old, new) := rules(plan([object.union(artifact(documents(new)), {"before": {"documents": documents(old)}})]))

test_migrations_that_undo if {
	undoing := json.patch(document("drop table a", 0), [{"op": "replace", "path": "/value/direction", "value": "down"}])
	rules(plan([artifact([undoing])])) == {"warn undo"}
	dangerous := json.patch(document(".shell id", 0), [{"op": "replace", "path": "/value/direction", "value": "down"}])
	rules(plan([artifact([dangerous])])) == {"deny runs-programs"}
	every path in ["m/001_a.down.sql", "down/001.sql", "m/U1__a.sql", "m/001_a_rollback.sql"] {
		named(path) == {"warn undo"}
	}
	every path in ["m/001_breakdown.sql", "m/001_a.up.sql", "m/update.sql", "m/V1__a.sql"] {
		named(path) == {"require_approval drop-table"}
	}
}

named(path) := rules(plan([object.union(artifact(documents(["drop table a"])), {"change": {"path": path}})]))

test_files_that_cannot_be_read if {
	rules(plan([{"name": "plan.sql", "documents": [], "unreadable": "a string has no end"}])) == {"require_approval unread"}
	rules(plan([{"name": "x", "documents": [], "unreadable": "it is a symlink", "change": {"path": "a.sql", "entry": "symlink"}}])) == set()
}

test_findings_say_what_where_and_how if {
	findings := sql.require_approval with input as plan([artifact(documents(["select 1", "drop table a"]))])
	some finding in findings
	finding.file == "db/001_a.sql"
	finding.line == 2
	finding.severity == "high"
	startswith(finding.msg, "db/001_a.sql: `drop table a`. Its rows are gone.")
}

test_broken_settings_are_denied if {
	rules({}) == {"deny input-unknown"}
	findings := sql.deny with input as plan([]) with data.dialect as "db2"
	{finding.rule | some finding in findings} == {"sql/setting-unknown"}
}
