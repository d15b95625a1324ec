-- LOOP and WHILE that may not run at all: below an IF, behind a RETURN, behind a CONTINUE of the loop around.
create procedure etl.p_steps(p_kind text default null, p_rounds int default 3) language plpgsql as $$
declare
    n int := 0;
    r record;
begin
    if p_kind = 'loop' then
        loop
            n := n + 1;
            exit when n > p_rounds;
            insert into dw.steps values ('loop', n, n * 1.5);
        end loop;
    end if;
    if p_kind = 'while' then
        while n < p_rounds loop
            n := n + 1;
            insert into dw.steps values ('while', n, null);
        end loop;
    end if;
    insert into dw.done values (coalesce(p_kind, 'none'), n);
    if p_kind is null then
        return;
    end if;
    for r in select * from src.plan order by id loop
        if r.months is null then
            continue;
        end if;
        n := 0;
        loop
            n := n + 1;
            exit when n > r.months;
            insert into dw.steps values ('plan ' || r.id, n, r.amount);
        end loop;
    end loop;
    n := 0;
    while n < p_rounds loop
        n := n + 1;
        insert into dw.steps values ('last', n, n);
    end loop;
end $$;
