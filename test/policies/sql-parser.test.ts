import { describe, expect, it } from "vitest";
import { parseSql } from "../../policies/view/sql/statements.ts";

const read = (text: string) => parseSql(text).map(({ statement, line }) => `${line} ${statement}`);

describe("SQL text", () => {
  it.each<[string, string, readonly string[]]>([
    ["comments are no code", "-- drop table a;\n/* drop table b; */ select 1;", ["2 select 1"]],
    ["strings are no code", "select 'drop table a; ''b''; ', 1;", ["1 select '' , 1"]],
    [
      "quoted names are no keywords",
      'delete from "where"; select "drop table x";',
      ["1 delete from _where_", "1 select drop_table_x"],
    ],
    ["several statements may stand on a line", "drop table a;drop table b", ["1 drop table a", "1 drop table b"]],
    [
      "a statement may go over several lines",
      "delete\n from a\n where x = 1;\nselect 1",
      ["1 delete from a where x = 1", "4 select 1"],
    ],
    ["psql and PostgreSQL end a comment at a carriage return", "-- a\rdrop table b;", ["1 drop table b"]],
    [
      "what another database takes for a comment is code as well",
      "select `a`; -- a\rdrop table b;",
      ["1 select a", "1 drop table b"],
    ],
    ["psql's escaped semicolon ends a statement", "select 1 \\; drop table a;", ["1 select 1 \\", "1 drop table a"]],
    ["SQL goes on behind two backslashes", "\\echo x \\\\ drop table a;", ["1 \\echo x", "1 drop table a"]],
    ["a command ends at the next one", "\\echo a\\! rm -r b\\c", ["1 \\echo a", "1 \\! rm -r b\\c"]],
    ["quotes keep a command's backslashes", "\\set x 'a\\b';\nselect 1", ["1 \\set x 'a\\b';", "2 select 1"]],
    [
      "a command that sends a statement ends it",
      "select 1 \\g\ndrop table a",
      ["1 select 1", "1 \\g", "2 drop table a"],
    ],
    ["MySQL goes on behind \\\\G", "select `a`\\G drop table b;", ["1 select a", "1 \\G", "1 drop table b"]],
    ["what is only explained does not run", "explain delete from a", ["1 explain delete from a"]],
    [
      "what is analysed runs",
      "explain (analyze, verbose) delete from a",
      ["1 explain ( analyze , verbose ) delete from a", "1 delete from a"],
    ],
    [
      "what is prepared may run",
      "prepare p (int) as delete from a",
      ["1 prepare p ( int ) as delete from a", "1 delete from a"],
    ],
    [
      "parentheses may stand around a whole statement",
      "((with d as (delete from a returning *) select * from d))",
      [
        "1 ( ( with d as ( delete from a returning * ) select * from d ) )",
        "1 with d as ( delete from a returning * ) select * from d ) )",
        "1 delete from a returning *",
      ],
    ],
    [
      "COPY runs what it copies",
      "copy (delete from a returning *) to stdout",
      ["1 copy ( delete from a returning * ) to stdout", "1 delete from a returning *"],
    ],
    [
      "an INSERT may have a WITH",
      "insert into b with d as (delete from a returning *) select * from d",
      ["1 insert into b with d as ( delete from a returning * ) select * from d", "1 delete from a returning *"],
    ],
    ["an empty statement is none", ";;\n;", []],
    ["comments nest in PostgreSQL", "select x::int; /* /* a */ b; */ select 2", ["1 select x : : int", "1 select 2"]],
    [
      "dollar quotes hold bodies",
      "create function f() returns int as $f$ delete from a; $f$ language sql; drop table b",
      ["1 create function f ( ) returns int as '' language sql", "1 delete from a", "1 drop table b"],
    ],
    ["escaped quotes belong to the string", "select e'it\\'s; drop table a; ' from b", ["1 select e '' from b"]],
    [
      "a block that runs at once is code",
      "do $$ begin\n if true then drop table a; end if;\nend $$;",
      ["1 do ''", "1 begin", "2 if true", "2 drop table a", "2 end if", "3 end"],
    ],
    [
      "a trigger's body is code that runs later",
      "create trigger t after insert on a begin delete from b; select case when 1 then 2 end; end; drop table c;",
      [
        "1 create trigger t after insert on a begin delete from b ; select case when 1 then 2 end ; end",
        "1 delete from b",
        "1 drop table c",
      ],
    ],
    [
      "another delimiter",
      "delimiter //\ncreate procedure p() begin delete from a; end//\ndrop table b; drop table c//\ndelimiter ;\nselect 1;",
      [
        "2 create procedure p ( ) begin delete from a ; end",
        "2 delete from a",
        "3 drop table b",
        "3 drop table c",
        "5 select 1",
      ],
    ],
    [
      "the delimiter may follow a word at once",
      "delimiter $$\ndrop table `a`$$\ndrop table b$$",
      ["2 drop table a", "3 drop table b"],
    ],
    [
      "GO ends a batch",
      "create table a (x int)\nGO\ndrop table b\nGO",
      ["1 create table a ( x int )", "3 drop table b"],
    ],
    [
      "T-SQL needs no delimiter at all",
      "drop table dbo.a\ndelete from [b]\nwhere x = 1\nalter table c\ndrop column d\nif object_id('e') is not null drop table e\nGO",
      [
        "1 drop table dbo.a",
        "2 delete from b where x = 1",
        "4 alter table c drop column d",
        "6 if object_id ( '' ) is not null",
        "6 drop table e",
      ],
    ],
    ["what MySQL runs in comments is code", "/*!40000 drop table `a` */;", ["1 drop table a"]],
    [
      "data behind COPY is none",
      "copy a (b) from stdin;\n1; drop table b;\n\\.\ndrop table c;",
      ["1 copy a ( b ) from stdin", "4 drop table c"],
    ],
    ["commands to the client program", ".shell id\nselect 1; \\! id", ["1 .shell id", "2 select 1", "2 \\! id"]],
    ["a dot that begins no line is no command", "select a\n.b from a", ["1 select a.b from a"]],
    [
      "names that are words of blocks",
      "create table event (begin int); drop table a; end;",
      ["1 create table event ( begin int )", "1 drop table a", "1 end"],
    ],
    [
      "what changes data inside of WITH",
      "with a as (delete from b) select 1",
      ["1 with a as ( delete from b ) select 1", "1 delete from b"],
    ],
    [
      "a block in a string may name its language first, and doubles its quotes",
      "do language 'plpgsql' 'begin\n execute ''drop table a''; end';",
      ["1 do language '' ''", "1 begin", "2 execute ''", "2 end"],
    ],
    [
      "a rule does something else instead",
      "create rule r as on insert to a do instead delete from b;",
      ["1 create rule r as on insert to a do instead delete from b", "1 delete from b"],
    ],
    [
      "a rule may do several things",
      "create rule r as on insert to a do also (delete from b; delete from c);",
      ["1 create rule r as on insert to a do also ( delete from b", "1 delete from b", "1 delete from c )"],
    ],
    [
      "what a trigger calls is no body",
      "create trigger t before insert on a for each row execute function f();",
      ["1 create trigger t before insert on a for each row execute function f ( )"],
    ],
    [
      "a body may be a single statement",
      "create event e on schedule every 1 day\ndo delete from log;",
      ["1 create event e on schedule every 1 day do delete from log", "2 delete from log"],
    ],
    [
      "a body of the standard's form",
      "create function f() returns int begin atomic\ndelete from a; end;",
      ["1 create function f ( ) returns int begin atomic delete from a ; end", "2 delete from a"],
    ],
    [
      "programs of other languages are no SQL",
      "create function f() returns int as $$ delete from a $$ language plpython3u",
      ["1 create function f ( ) returns int as '' language plpython3u"],
    ],
  ])("%s", (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it("shows of a routine what rules speak of, and conditions where it makes a table", () => {
    const body = "begin x := 1; raise notice 'a'; select y from z; if x then update a set b = 1; end if; return x; end";
    const read = (code: string) => parseSql(`create function f() returns int as $$ ${code} $$ language plpgsql`);
    const statements = (code: string) =>
      read(code)
        .slice(1)
        .map(({ statement }) => statement);
    expect(statements(body)).toEqual(["update a set b = 1"]);
    expect(statements(body.replace("update a set b = 1", "create table a (b int)"))).toEqual([
      "if x",
      "create table a ( b int )",
      "return x",
    ]);
  });

  it("tells blocks apart, and what runs at once from what runs later", () => {
    const text = "do $$ begin drop table a; end $$; create function f() returns int as $$ drop table a $$ language sql";
    const [now, later] = parseSql(text).filter(({ statement }) => statement === "drop table a");
    expect([now?.inside, later?.inside]).toEqual(["do", "routine"]);
    expect(now?.block).not.toBe(later?.block);
  });

  it("shows what a block may have put together before it runs it", () => {
    const text = "do $$ begin q := 'drop table a'; execute q; end $$";
    expect(parseSql(text).map(({ code }) => code)).toContain("drop table a");
  });

  it.each([
    ["an escaped body", "do e'begin \\x64rop table a; end'", /escapes/],
    ["a body of Unicode escapes", "do u&'\\0064rop table a'", /escapes/],
    ["a body in a body in a body", "create event e do ".repeat(20), /nested too deep/],
  ])("%s is refused", (_, text, sentence) => {
    expect(() => parseSql(text)).toThrow(sentence);
  });

  it("says what stands outside of parentheses, for words that matter only there", () => {
    expect(parseSql("delete from a using (select 1 where true) b")[0]?.top).toBe("delete from a using ( ) b");
  });

  it("says what is there only to be undone", () => {
    const text = "-- +goose Up\ncreate table a (x int);\n-- +goose Down\ndrop table a;";
    expect(parseSql(text).map(({ direction }) => direction)).toEqual(["up", "down"]);
    expect(
      parseSql(text.replace("+goose Up", "migrate:up").replace("+goose Down", "migrate:down")).at(-1)?.direction,
    ).toBe("down");
  });

  it("shows what another dialect would run where the text does not tell which it is", () => {
    // MySQL sees one string; PostgreSQL a string, a statement and a comment.
    expect(read("insert into `a` values ('\\'); drop table b; -- ')")).toContain("1 drop table b");
    expect(read("insert into a values ('it\\'s; drop table b')")).toContain("1 insert into a values ( '' )");
  });

  it.each([
    ["a string", "select 1;\nselect 'a"],
    ["a comment", "/* a"],
    ["a dollar quote", "do $$ begin"],
    ["a trigger's body", "create trigger t after insert on a begin delete from b;"],
    ["data", "copy a from stdin;\n1"],
  ])("%s without an end is refused, for then nobody knows what is code", (_, text) => {
    expect(() => parseSql(text)).toThrow(/no end/);
  });

  it.each([
    "(",
    "'",
    "$",
    "/*",
    "begin ",
    "if ",
    "case ",
    "\\",
    "do $$",
    "with a as (delete ",
    "insert into a values (1);\n",
  ])("comes to an end with a hundred thousand characters of %j", (part) => {
    let end = "";
    try {
      end = `${parseSql(part.repeat(100_000 / part.length)).length} statements`;
    } catch (error) {
      end = String(error);
    }
    expect(end).toMatch(/^\d+ statements$|no end|nested too often/);
  });
});
