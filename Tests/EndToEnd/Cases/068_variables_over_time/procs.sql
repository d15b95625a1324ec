create procedure etl.p_vars(p_start int default 1) language plpgsql as $$
declare
    x int := p_start;
    y numeric(6,2) := x / 3.0;
    z text;
    w int not null default 4;
begin
    insert into dw.t values (1, x), (2, y);
    x := x + (select max(v) from src.t);
    insert into dw.t select 3, v + x from src.t where v < x;
    y := x / 4;
    y = y + 0.005;
    insert into dw.t values (4, y);
    if x > 4 then
        x := 100; z := 'big';
    elsif x is not null then
        z := 'small' || x;
    end if;
    insert into dw.t values (5, x);
    insert into dw.t select 6, length(z);
    select count(*), sum(v) into x, w from dw.t where step < 4;
    insert into dw.t values (7, x), (8, w), (9, y * x);
    update dw.t set v = v - x where step = 5 and z is not null;
end $$;
