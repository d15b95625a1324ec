create function etl.f_running(p_min numeric default 0) returns table (pos int, id int, run numeric(8,2), mark text) language plpgsql as $$
declare
    r record;
begin
    run := 0;
    pos := 0;
    for r in select s.id, s.v from src.s s order by s.id loop
        continue when r.v < p_min;
        pos := pos + 1;
        id := r.id;
        run := run + coalesce(r.v, 0);
        mark := case when r.v is null then 'gap' end;
        return next;
    end loop;
end $$;
