import Testing

@testable import Steps

/// How a routine's text is read: text in, tree out.
@Suite struct RegionTests {
    @Test func declarations() {
        let text = """
            <<main>>
            DECLARE
                v_n    integer NOT NULL DEFAULT 0;   -- counter
                c_vat  CONSTANT numeric(4,2) := 0.20;
                r      src.orders%ROWTYPE;
                "Odd"  text = 'a;b';
                cur    CURSOR (p_day date, p_n int) FOR SELECT * FROM src.orders WHERE day = p_day;
                al     ALIAS FOR $1;
            BEGIN
                NULL;
            END main
            """
        #expect(
            Outline.of(text) == """
                block main
                  declare v_n: integer not null = 0
                  declare c_vat: constant numeric(4,2) = 0.20
                  declare r: src.orders%ROWTYPE
                  declare Odd: text = 'a;b'
                  declare cur: cursor(p_day date, p_n int) for SELECT * FROM src.orders WHERE day = p_day
                  declare al: alias of $1
                  null
                """)
    }

    @Test func branchesKeepTheirComments() {
        let text = """
            begin
                -- which day it is
                if p_day is null then v := 1;
                elsif case when a then b else c end then v := 2; /* nested CASE */
                else
                    -- neither
                    v := 3;
                end if;
                case v when 1, 2 then call p(v); when 3 then null; else raise exception 'no %', v using errcode = 'P0002'; end case;
                case when v > 1 then return; end case;
            end
            """
        #expect(
            Outline.of(text) == """
                block
                  -- which day it is
                  if
                  then p_day is null
                    v := 1
                  then case when a then b else c end
                    v := 2
                  else
                    -- neither
                    v := 3
                  case v
                  then 1 | 2
                    call p(v)
                  then 3
                    null
                  else
                    raise exception 'no %', v using errcode = 'P0002'
                  case
                  then v > 1
                    return
                """)
    }

    @Test func loops() {
        let text = """
            begin
                <<outer>> for r in select a, b from t where x in (select loop_id from l) loop
                    continue outer when r.a is null;
                    for i in reverse 10 .. 1 by 2 loop exit; end loop;
                end loop outer;
                for a, b in execute format('select %I', c) using d loop null; end loop;
                for r in cur(1) loop fetch next from cur into r; end loop;
                foreach x slice 1 in array xs loop null; end loop;
                while n < 10 loop n := n + 1; end loop;
                loop exit when done; end loop;
            end
            """
        #expect(
            Outline.of(text) == """
                block
                  loop outer r over select a, b from t where x in (select loop_id from l)
                    continue outer when r.a is null
                    loop i from 10 to 1 by 2 reverse
                      exit
                  loop a | b over execute format('select %I', c) using d
                    null
                  loop r of cur(1)
                    fetch next from cur into r
                  loop x in slices of xs
                    null
                  loop while n < 10
                    n := n + 1
                  loop forever
                    exit when done
                """)
    }

    @Test func handlersAndNestedBlocks() {
        let text = """
            begin
                begin
                    insert into t values (1);
                exception
                    when unique_violation or sqlstate '23503' then
                        get stacked diagnostics msg = message_text, code = returned_sqlstate;
                    when others then raise;
                end;
                get diagnostics n = row_count;
                commit;
            end;
            """
        #expect(
            Outline.of(text) == """
                block
                  block
                    sql insert into t values (1)
                  when unique_violation | sqlstate '23503'
                    get stacked msg = message_text, code = returned_sqlstate
                  when others
                    raise exception
                  get n = row_count
                  commit
                """)
    }

    @Test func statements() {
        let text = """
            begin
                a.b[1] := 1; a = 2;
                select x into strict y from z;
                execute 'select 1' into strict n using a, b;
                perform f(1) from t; return query select 1; return next; return next r; return query execute q using 1;
                open c(1); open d for select 1; open e for execute q; move forward 2 from c; close c;
                assert n > 0, 'none';
            end
            """
        #expect(
            Outline.of(text) == """
                block
                  a.b[1] := 1
                  a := 2
                  sql select x into strict y from z
                  execute 'select 1' into strict n using a | b
                  perform f(1) from t
                  return query select 1
                  return next
                  return next r
                  return query execute q using 1
                  open c(1)
                  open d for select 1
                  open e for execute q
                  move forward 2 from c
                  close c
                  assert n > 0, 'none'
                """)
    }

    @Test func whatIsNotKnownStays() {
        #expect(Outline.of("") == "block\n  opaque ")
        #expect(Outline.of("select 1") == "block\n  opaque select 1")
        #expect(Outline.of("begin ?? ! ; x := 1; end; trailing words").hasSuffix("opaque trailing words"))
        // Half a text must not pass for a whole one.
        for half in [
            "begin if a then b := 1;", "begin b := 1;", "begin loop b := 1; end;", "begin if a b := 1; end if; end",
            "declare a int; b := 1; end", "begin b := 1; exception when others b := 2; end",
            "begin for a in b; end loop; end",
        ] {
            #expect(Outline.of(half).contains("  opaque "), "\(half)")
        }
    }

    @Test func lineNumbersAreTheRoutines() throws {
        let source = SourceText(
            "begin\n\n  x := 1;\n  insert into t\n  select 1;\nend", profile: .postgresql, lineOffset: 10)
        let block = readPLpgSQL(source)
        #expect(block.body.map { source.lines($0.range) } == [13...13, 14...15])
    }
}
