create function etl.split_totals(p_grp text, out total numeric, out n int, out first_id int) language plpgsql as $$
begin
    select sum(price), count(*), min(id) into total, n, first_id from src.items where grp = p_grp;
end $$;

create procedure etl.p_assign(p_grp text default 'a', inout p_found int default 7, p_limit numeric default 2.5) language plpgsql as $$
<<main>>
declare
    id int := 4;
    grp constant text := p_grp;
    v_int int;
    v_small smallint;
    v_num numeric(6, 2);
    v_char char(5);
    v_var varchar(6);
    v_float double precision;
    v_date date;
    v_bool boolean;
    v_ids int[];
    v_names text[] := '{}';
    r record;
    row src.items%rowtype;
    v_total numeric;
    v_n int;
    v_first int;
begin
    v_int := p_limit;
    v_small := v_int + 0.5;
    v_num := p_limit * 1.005;
    v_char := 'ab';
    v_var := 'abc   ';
    v_float := 1 / 3.0;
    v_bool := v_char = 'ab   ';
    insert into dw.nums values (p_grp, v_small, v_num, v_char, v_var || '|', v_float);
    insert into dw.out values ('len', length(v_var), length(v_char), null, v_char || '|', v_bool);

    select * into r from src.items i where i.grp = main.grp order by i.price desc nulls last, i.id limit 1;
    insert into dw.out values ('rec', r.id, r.price, r.at at time zone 'UTC', r.grp, found);
    select i.* into row from src.items i where i.id = main.id;
    row.price := row.price + 1;
    row.grp := row.grp || row.qty;
    insert into dw.out values ('row', row.id, row.price, null, row.grp, row.at is null);
    v_date := row.at at time zone 'Asia/Tokyo';
    insert into dw.out values ('date', null, null, v_date, null, null);

    select array_agg(i.id order by i.id) into v_ids from src.items i where i.grp = p_grp;
    v_names := array_append(v_names, p_grp);
    v_names := v_names || array['z'];
    v_names[1] := upper(v_names[1]);
    v_names[3] := 'third';
    insert into dw.out select 'any', i.id, cardinality(v_ids), null, v_names[1] || v_names[2] || v_names[3], i.id = any (v_ids)
    from src.items i where i.id = any (v_ids) or i.grp = any (v_names);

    perform 1 from src.items i where i.price > p_limit;
    if found then
        p_found := p_found + 1;
    end if;
    get diagnostics v_int = row_count;
    declare
        id text := 'inner';
    begin
        insert into dw.out values ('scope', main.id, v_int, null, id, null);
        update dw.out set t = t || '!' where tag = 'scope' and i = main.id;
        get diagnostics v_int = row_count;
        insert into dw.out values ('count', v_int, null, null, null, found);
    end;
    select * into v_total, v_n, v_first from etl.split_totals(p_grp);
    insert into dw.out values ('split', v_n, v_total, null, v_first::text, null);
    select s.total, s.n into v_total, v_n from etl.split_totals('b') as s;
    insert into dw.out values ('split b', v_n, v_total, null, null, v_total > p_limit);
end $$;
