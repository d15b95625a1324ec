create procedure etl.p_route(p_limit numeric default 0) language plpgsql as $$
declare
    r     record;
    n_in  int := 0;
    n_out int := 0;
    n_bad int := 0;
begin
    for r in select id, kind, amount from src.row order by id loop
        continue when r.kind = 'skip';
        if r.amount is null or r.kind is null then
            insert into dw.bad values (r.id, 'null');
            n_bad := n_bad + 1;
            continue;
        elsif r.amount <= p_limit then
            insert into dw.bad values (r.id, 'limit');
            n_bad := n_bad + 1;
        elsif r.kind = 'in' then
            insert into dw.ins values (r.id, r.amount);
            n_in := n_in + 1;
        else
            insert into dw.outs values (r.id, -r.amount);
            n_out := n_out + 1;
        end if;
    end loop;
    insert into dw.log values (n_in, n_out, n_bad);
end $$;
