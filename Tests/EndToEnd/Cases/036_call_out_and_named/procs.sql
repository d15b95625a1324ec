create procedure etl.p_inner(p_x int, out p_sum int, inout p_acc int, p_tag text default 'dflt', p_y int default 10) language plpgsql as $$
begin
    select sum(v) + p_x into p_sum from src.n where v < p_y;
    p_acc := p_acc * 2 + coalesce(p_sum, 0);
    insert into dw.calls values ('inner', p_x, p_y, p_tag);
    p_x := 99;
end $$;

create procedure etl.p_outer(p_x int default 5) language plpgsql as $$
declare
    a int;
    b int := 1;
begin
    call etl.p_inner(p_x, a, b);
    insert into dw.calls values ('first', a, b, null);
    call etl.p_inner(p_y => 3, p_x => a, p_sum => a, p_acc => b);
    insert into dw.calls values ('second', a, b, p_x::text);
    call etl.p_inner(p_x + 1, a, b, p_tag => 'it''s', p_y => 0);
    insert into dw.calls values ('third', a, b, p_x::text);
end $$;
