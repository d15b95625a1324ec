create procedure etl.p_double() language plpgsql as $$
begin
    insert into dw.acc select v, coalesce((select max(gen) from dw.acc), 0) + 1 from src.seed;
    insert into dw.acc select v * 10, gen from dw.acc where gen = (select max(gen) from dw.acc);
    insert into dw.acc select sum(v), 0 from dw.acc having count(*) > 8;
    insert into dw.acc select a.v + b.v, -1 from dw.acc a join dw.acc b on a.v = b.v + 9;
end $$;
