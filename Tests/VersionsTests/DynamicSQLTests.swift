import Testing

@testable import Versions

/// EXECUTE: what is folded, what stays a value, what is refused.
@Suite struct DynamicSQLTests {
    @Test(arguments: [
        "execute 'insert into dw.t select id from src.s'",
        "execute E'insert into dw.t\\nselect id from src.s'",
        "execute $q$insert into dw.t select id from src.s$q$",
        "execute 'insert into ' || 'dw' || '.' || lower('T') || ' select id from src.s'",
        "execute concat('insert into dw.t', ' ', 'select ', null, 'id from src.s')",
        "execute concat_ws(' ', 'insert into dw.t', null, 'select id from src.s')",
        "execute format('insert into %I.%I select %s from src.s', 'dw', 't', 'id')",
        "execute format('insert into %2$I.%1$s select id from src.s', 't', 'dw')",
        "execute replace('insert into X.t select id from src.s', 'X', 'dw')",
        "execute trim('  insert into dw.t select id from src.s ')",
        "execute 'insert into dw.t' || chr(10) || 'select id from src.s;'",
        "execute 'insert into dw.'::text || quote_ident('t') || cast(' select id from src.s' as varchar)",
        "execute coalesce(null, 'insert into dw.t select id from src.s')",
        "v := 'insert into dw.t '; v := v || 'select id from src.s'; execute v",
        "v := 'x'; if true then v := 'insert into dw.t select id from src.s'; execute v; end if",
    ])
    func foldsToKnownText(_ statement: String) throws {
        let snippet = try Snippet(statement + ";", declare: "v text;")
        #expect(snippet.refusals == [])
        #expect(
            snippet.text.contains("select id as id from @s") || snippet.text.contains("select\nid from @s")
                || snippet.text.contains("select id from @s") || snippet.text.contains("select\nid as id from @s"),
            "\(snippet.text)")
    }

    @Test(arguments: [
        ("execute 'insert into dw.t select ' || p_n || ' from src.s'", "(:p_n)|:p_n"),
        ("execute 'delete from dw.s where id = ' || p_n + 1", "(:p_n + 1)"),
        ("execute 'delete from dw.s where v = ' || quote_literal(p_text)", ":p_text"),
        ("execute format('delete from dw.s where day = %L', p_day)", "day = :p_day"),
        // The literal takes the column's type: the time of day is cut off.
        ("execute format('delete from dw.s where day = %L', p_at)", "day = cast(cast(:p_at as text) as date)"),
        ("execute format('delete from dw.s where flag = %L', p_flag)", "flag = :p_flag"),
        // format() prints booleans as t and f.
        ("execute format('insert into dw.s (v) select %L', p_flag)", "then 't'"),
        ("execute 'delete from dw.s where day = ''' || p_day || ''''", "day = :p_day"),
        ("execute 'delete from dw.s where v = ''n' || p_n || ''''", "('n' || cast(:p_n as text))"),
        ("execute format('delete from dw.s where day > date %L', p_at)", "cast(cast(:p_at as text) as date)"),
        ("execute 'delete from dw.s where id = $1 and v = $2' using p_n, 'x'", "id = :p_n and v = cast('x' as text)"),
    ])
    func keepsValues(_ statement: String, _ expected: String) throws {
        let snippet = try Snippet(
            statement + ";", parameters: "p_n int, p_text text, p_day date, p_at timestamp, p_flag boolean")
        #expect(snippet.refusals == [])
        #expect(expected.split(separator: "|").contains { snippet.text.contains($0) }, "\(snippet.text)")
    }

    @Test(arguments: [
        // A name that isn't known.
        "execute format('insert into dw.%I select id from src.s', p_text)",
        "execute 'insert into dw.' || p_text || ' select id from src.s'",
        "execute 'insert into dw.t' || p_n || ' select id from src.s'",
        "execute p_text",
        // Quotes in the value would end the literal.
        "execute 'delete from dw.s where v = ''' || p_text || ''''",
        // One of the texts is not known.
        "v := 'insert into dw.t select 1'; if p_n > 1 then v := p_text; end if; execute v",
        // `2` and `2.5` are of two types, and division tells them apart.
        "execute 'insert into dw.t select id / ' || p_num || ' from src.s'",
        // A negative number after a minus makes a comment.
        "execute 'delete from dw.s where id = 1 -' || p_n",
        // Ordinals are no values.
        "execute 'insert into dw.t select id from src.s order by ' || p_n",
        // A condition that vanishes with its value.
        "execute format('delete from dw.s where true %s', ' and id = ' || p_n)",
        "execute format('delete from dw.s where id = %s - 1', p_n)",
        // Not part of one literal.
        "execute 'delete from dw.s where id = 1' || p_n",
        "execute format('insert into dw.t select 1 as %5s', 'x')",
        "execute 'do $x$ begin end $x$'",
    ])
    func refusesWhatIsNotKnown(_ statement: String) throws {
        let snippet = try Snippet(
            statement + ";", declare: "v text;", parameters: "p_n int, p_text text, p_num numeric")
        #expect(snippet.refusals.contains { $0.hasPrefix("P2D-104") }, "\(snippet.refusals) \(snippet.text)")
    }

    @Test func namesWhatIsNotKnown() throws {
        let snippet = try Snippet("execute format('truncate %I', p_text);", parameters: "p_text text")
        #expect(snippet.refusals.first?.contains("'p_text'") == true)
    }

    /// The text sees none of the routine's variables.
    @Test func variablesAreOutOfSight() throws {
        let snippet = try Snippet("execute 'delete from dw.t where id = v';", declare: "v int := 5;")
        #expect(snippet.text.contains("id = v"))
    }

    @Test func writtenTableIsReadFromItsOwnPast() throws {
        let snippet = try Snippet("execute 'insert into ' || 'dw' || '.t select 1';")
        #expect(snippet.pipeline.finals.map(\.table.description) == ["dw.t"])
        #expect(snippet.pipeline.versions.contains { if case .state = $0.body { true } else { false } })
    }

    @Test func linesAreThoseOfTheStatement() throws {
        let snippet = try Snippet("\n\nexecute 'insert into dw.t\n\n\nselect 1';")
        let lines = snippet.pipeline.versions.filter { $0.table?.name == "t" && $0.name.contains("after") }.map(\.lines)
        #expect(Set(lines.map(\.lowerBound)).count == 1)
        #expect(lines.allSatisfy { $0.lowerBound == $0.upperBound })
    }
}
