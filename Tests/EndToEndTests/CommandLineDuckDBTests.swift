import Foundation
import Testing

extension CommandLineTests {
    /// `extract --target duckdb` and `verify` across engines.
    @Suite(.serialized, .enabled(if: CommandLineProgram.hasEnvironment, "needs `make setup`"))
    struct BuildingInDuckDB {
        private static let samples = CommandLineProgram.package.appending(path: "sample-procs")

        /// Pipelines of the samples that take a few seconds; the others are as equal: `extract` and `verify` them by hand.
        @Test(arguments: [
            ("billing", ["mart.refresh_health"]), ("insurance", ["clm.load_claims"]),
        ])
        func samplesAreInParity(_ sample: String, _ pipelines: [String]) throws {
            try withFolder { folder in
                let source = Self.samples.appending(path: sample).path
                let extracted = try CommandLineProgram.run(
                    ["extract", source, "--out", "o", "--target", "duckdb"], in: folder)
                #expect(extracted.code == 0, "\(extracted.output)\(extracted.errors)")
                let arguments = ["verify", "o", "--cases", "4"] + pipelines.flatMap { ["--pipeline", $0] }
                let verified = try CommandLineProgram.run(arguments, in: folder)
                #expect(verified.code == 0, "\(verified.output)\(verified.errors)")
                #expect(verified.output.contains("\nparity: "))
            }
        }

        /// Someone breaks the model: the comparison across engines must see it.
        @Test func aDifferenceIsSeen() throws {
            try withFolder(["a.sql": littleSystem]) { folder in
                let extracted = try CommandLineProgram.run(
                    ["extract", "a.sql", "--out", "o", "--target", "duckdb"], in: folder)
                #expect(extracted.code == 0, "\(extracted.output)\(extracted.errors)")
                try breakTotals(below: folder.appending(path: "o/dbt/models"))
                let different = try CommandLineProgram.run(["verify", "o"], in: folder)
                #expect(different.code == 4, "\(different.output)\(different.errors)")
            }
        }

        /// The folder's own setting is not overruled in silence.
        @Test func anotherTargetThanTheFoldersIsAnError() throws {
            try withFolder(["a.sql": littleSystem]) { folder in
                #expect(try CommandLineProgram.run(["extract", "a.sql", "--out", "o"], in: folder).code == 0)
                let result = try CommandLineProgram.run(
                    ["extract", "a.sql", "--out", "o", "--target", "duckdb"], in: folder)
                #expect(result.code == 1)
                #expect(result.errors.contains("says `target: postgres`: change it there"))
            }
        }

        /// Nothing goes missing in silence: neither a constraint nor a default.
        @Test func whatIsNotCheckedIsSaid() throws {
            let sql = """
                create schema dw;
                create table dw.item (code text constraint code_form check (code similar to '[A-Z]+'), n int);
                create procedure dw.p_item(p_age int default extract(year from age(current_date, date '2000-01-01'))::int)
                language plpgsql as $$
                begin
                    insert into dw.item values ('A', p_age);
                end $$;
                create procedure dw.p_code() language plpgsql as $$
                begin
                    update dw.item set code = 'B' where n = 1;
                end $$;
                """
            try withFolder(["a.sql": sql]) { folder in
                let result = try CommandLineProgram.run(
                    ["extract", "a.sql", "--out", "o", "--target", "duckdb"], in: folder)
                #expect(result.code == 3)
                #expect(result.output.contains("warning P2D-402") && result.output.contains("code_form"))
                #expect(result.output.contains("the default of the parameter p_age has no equal"), "\(result.output)")
            }
        }

        @Test func whatHasNoEqualIsRefusedByName() throws {
            let sql = """
                create schema dw;
                create table dw.person (id int primary key, born date, age interval);
                create procedure dw.p_age() language plpgsql as $$
                begin
                    update dw.person set age = age(date '2024-01-01', born);
                end $$;
                """
            try withFolder(["a.sql": sql]) { folder in
                let result = try CommandLineProgram.run(
                    ["extract", "a.sql", "--out", "o", "--target", "duckdb"], in: folder)
                #expect(result.code == 3)
                #expect(result.output.contains("dw.p_age:3: error P2D-401"))
                #expect(result.output.contains("the function age()"))
            }
        }
    }
}
