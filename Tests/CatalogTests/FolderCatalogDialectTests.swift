import Findings
import Foundation
import Testing

@testable import Catalog

/// Files of other dialects: routines found, bodies complete.
@Suite struct FolderCatalogDialectTests {
    @Test func tsql() throws {
        let text = """
            USE [db]
            GO
            IF OBJECT_ID('dbo.t') IS NULL
            BEGIN
            CREATE TABLE [dbo].[t]([id] [int] IDENTITY(1,1) NOT NULL, [Name] nvarchar(max) NULL,
                d datetime2(3) CONSTRAINT df DEFAULT (getdate()), x AS ([id] * 2) PERSISTED,
                CONSTRAINT [PK_t] PRIMARY KEY CLUSTERED ([id] ASC) WITH (PAD_INDEX = OFF) ON [PRIMARY]) ON [PRIMARY]
            END
            GO
            ALTER TABLE t WITH NOCHECK ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES other(id)
            GO
            -- header
            create or alter PROC [dbo].[Load Day] @day AS date, @n int = 5 OUTPUT, @s nvarchar(10) = N'a' WITH EXECUTE AS OWNER
            AS
            -- first
            SET NOCOUNT ON; CREATE TABLE #x (a int);
            IF @n = 1 BEGIN SELECT 1; END
            -- last
            go
            CREATE FUNCTION dbo.f(@a int) RETURNS @r TABLE (x int) AS BEGIN INSERT @r VALUES (@a); RETURN END
            CREATE PROCEDURE p2 AS SELECT 'GO'
            """
        let (snapshot, findings) = try readSQL(text, dialect: "sqlserver")
        #expect(findings.isEmpty, "\(findings)")
        #expect(snapshot.tables.map(\.name.description) == ["dbo.t"])
        let columns = snapshot.tables[0].columns
        #expect(columns.map(\.type) == ["[int]", "nvarchar(max)", "datetime2(3)", ""])
        #expect(columns[0].identity == .always && columns[2].defaultExpression == "(getdate())")
        #expect(columns[3].generatedExpression == "[id] * 2")
        #expect(snapshot.tables[0].primaryKey == ["id"])
        #expect(snapshot.tables[0].constraints.map(\.validated) == [true, false])
        #expect(snapshot.routines.map(\.name.description) == ["dbo.Load Day", "dbo.f", "dbo.p2"])
        let load = snapshot.routines[0]
        #expect(load.parameters.map(\.name) == ["@day", "@n", "@s"])
        #expect(load.parameters.map(\.type) == ["date", "int", "nvarchar(10)"])
        #expect(load.parameters.map(\.mode) == [.in, .inout, .in])
        #expect(load.parameters.map(\.defaultExpression) == [nil, "5", "N'a'"])
        #expect(load.body.hasPrefix("\n-- first") && load.body.hasSuffix("-- last"))
        #expect(load.headerComment == "-- header" && load.bodyLineOffset == 1)
        #expect(snapshot.routines[1].body.hasSuffix("RETURN END") && snapshot.routines[1].returnsSet)
        #expect(snapshot.routines[2].body == " SELECT 'GO'")
    }

    @Test func plsql() throws {
        let text = """
            create table sales (id number(10) default on null 0 not null enable, d date default sysdate,
              constraint pk primary key (id) using index tablespace ts enable);
            create or replace procedure load_it(p_day in date default trunc(sysdate), p_n in out nocopy number) authid definer is
              function twice(x number) return number is begin return case when x > 0 then 2 * x end; end twice;
            begin
              for r in (select 1 from dual) loop if r.a = 1 then null; end if; end loop;
            end load_it;
            /
            create or replace package body pkg as
              c number := 1;
              procedure a(x number);
              -- does b
              procedure b is begin null; end;
              function a2(x varchar2) return varchar2 is begin return q'[it's end;]'; end a2;
            end pkg;
            /
            create procedure last_one as begin null; end;
            grant execute on last_one to x;
            """
        let (snapshot, findings) = try readSQL(text, dialect: "oracle")
        #expect(findings.isEmpty, "\(findings)")
        #expect(snapshot.tables[0].columns.map(\.type) == ["number(10)", "date"])
        #expect(snapshot.tables[0].columns.map(\.defaultExpression) == ["0", "sysdate"])
        #expect(snapshot.tables[0].primaryKey == ["ID"])
        #expect(snapshot.routines.map(\.name.name) == ["LAST_ONE", "LOAD_IT", "PKG.A2", "PKG.B"])
        #expect(snapshot.routines[0].body == " begin null; end;")
        #expect(snapshot.routines[1].body.hasSuffix("end load_it;"))
        #expect(snapshot.routines[1].parameters.map(\.mode) == [.in, .inout])
        #expect(snapshot.routines[1].parameters[0].defaultExpression == "trunc(sysdate)")
        #expect(snapshot.routines[2].returnType == "varchar2" && snapshot.routines[2].body.hasSuffix("end a2;"))
        #expect(snapshot.routines[3].headerComment == "-- does b")
    }

    @Test func mysql() throws {
        let text = """
            use shop;
            create table `a` (`id` int unsigned not null auto_increment comment 'the id', n varchar(5) character set utf8 default 'x',
              t timestamp default current_timestamp on update current_timestamp, primary key (`id`), unique key `u` (`n`), key k (n)) engine=InnoDB comment='c';
            DELIMITER $$
            CREATE DEFINER=`root`@`%` PROCEDURE p(IN a INT, OUT b VARCHAR(5)) SQL SECURITY INVOKER COMMENT 'does'
            BEGIN
              IF a THEN SELECT "x;"; END IF; # $$ not here
            END$$
            create function f(x int) returns int deterministic return x + 1 $$
            DELIMITER ;
            create procedure q() begin case when 1 then select 1; end case; while 1 do set @a = 1; end while; end;
            create table z (a int);
            """
        let (snapshot, findings) = try readSQL(text, dialect: "mariadb")
        #expect(findings.isEmpty, "\(findings)")
        #expect(snapshot.tables.map(\.name.description) == ["shop.a", "shop.z"])
        #expect(
            snapshot.tables[0].columns.map(\.type) == ["int unsigned", "varchar(5) character set utf8", "timestamp"])
        #expect(snapshot.tables[0].columns[0].comment == "the id" && snapshot.tables[0].comment == "c")
        #expect(snapshot.tables[0].constraints.map(\.name) == ["a_pkey", "u"])
        #expect(snapshot.routines.map(\.name.name) == ["f", "p", "q"])
        #expect(snapshot.routines[0].body == "return x + 1" && snapshot.routines[0].returnType == "int")
        #expect(snapshot.routines[1].body.hasPrefix("BEGIN") && snapshot.routines[1].body.hasSuffix("END"))
        #expect(snapshot.routines[1].parameters.map(\.mode) == [.in, .out] && snapshot.routines[1].comment == "does")
        #expect(snapshot.routines[2].body.hasSuffix("end while; end"))
    }

    @Test func snowflake() throws {
        let text = """
            create or replace transient table db.s.t (id number(38,0) autoincrement, v variant) cluster by (id) comment = 'c';
            create or replace procedure s.p(a number, b varchar default 'x') returns table (x int) language sql execute as caller
            as $$ begin return 1; end; $$;
            create procedure s.q() returns string language sql as
            declare x int; begin if (x = 1) then return 'a'; end if; for r in c do let y := 1; end for; end;
            create procedure s.j() returns string language javascript as 'return ''x'';';
            """
        let (snapshot, findings) = try readSQL(text, dialect: "snowflake")
        #expect(findings.isEmpty, "\(findings)")
        #expect(snapshot.tables.map(\.name.description) == ["S.T"] && snapshot.tables[0].comment == "c")
        #expect(snapshot.routines.map(\.name.name) == ["J", "P", "Q"])
        #expect(snapshot.routines[0].language == "javascript" && snapshot.routines[0].body == "return 'x';")
        #expect(snapshot.routines[1].body == " begin return 1; end; " && snapshot.routines[1].returnsSet)
        #expect(
            snapshot.routines[2].body
                == "\ndeclare x int; begin if (x = 1) then return 'a'; end if; for r in c do let y := 1; end for; end")
    }

    @Test func bigquery() throws {
        let text = """
            create table if not exists `p.d.t` (a int64 not null options(description='x'), b array<struct<c string, d numeric(5)>>);
            create or replace procedure d.p(in a int64, out b string) options(strict_mode=false)
            begin declare x int64 default 1; begin transaction; if x = 1 then select 1; end if; commit transaction; end;
            create function d.f(x int64) returns int64 as (x + 1);
            """
        let (snapshot, findings) = try readSQL(text, dialect: "bigquery")
        #expect(findings.isEmpty, "\(findings)")
        #expect(snapshot.tables[0].columns.map(\.type) == ["int64", "array<struct<c string, d numeric(5)>>"])
        #expect(snapshot.routines.map(\.name.description) == ["d.f", "d.p"])
        #expect(snapshot.routines[0].body == " (x + 1)")
        #expect(snapshot.routines[1].body.hasPrefix("begin") && snapshot.routines[1].body.hasSuffix("transaction; end"))
    }

    // MARK: Files

    @Test func foldersAreReadInOrder() throws {
        let base = FileManager.default.temporaryDirectory.appendingPathComponent("catalog-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: base) }
        let inner = base.appendingPathComponent("b")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
        try Data("create table t (a int);".utf8).write(to: base.appendingPathComponent("a.SQL"))
        try Data("create table t (b text); \u{0}".utf8).write(to: inner.appendingPathComponent("x.sql"))
        try Data("create table no (b text);".utf8).write(to: inner.appendingPathComponent("x.txt"))
        try Data([0xFF, 0xFE] + Array("create table u (a int)".utf16).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })
            .write(to: inner.appendingPathComponent("y.sql"))
        let (snapshot, findings) = try readSQLFiles([base.path], dialect: "pg")
        #expect(snapshot.tables.map(\.name.name) == ["t", "u"])
        #expect(snapshot.tables[0].columns.map(\.name) == ["b"])
        #expect(findings.map(\.code) == ["P2D-905"])
        #expect(findings.first?.message.contains("x.sql:1") == true)
        #expect(try readSQLFiles([base.appendingPathComponent("a.SQL").path], dialect: "pg").snapshot.tables.count == 1)
    }

    @Test func errorsNameThePath() {
        #expect(throws: SQLFileError.unreadable(path: "/no/such.sql", reason: "no such file or folder")) {
            try readSQLFiles(["/no/such.sql"], dialect: "pg")
        }
        #expect(throws: SQLFileError.unknownDialect("cobol")) { try readSQLFiles([], dialect: "cobol") }
        #expect("\(SQLFileError.noFiles(path: "x"))" == "no .sql file in x")
    }
}
