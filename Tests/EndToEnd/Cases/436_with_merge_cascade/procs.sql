create procedure etl.p_feed(p_max int default 100) language plpgsql as $$
declare
    f      record;
    v_id   int;
    v_rec  record;
    v_n    int;
    v_left int;
begin
    for f in select * from src.feed where seq <= p_max order by seq loop
        v_id := -1;
        case f.op
            when 'I' then
                insert into dw.item (code, qty, note) values (f.code, f.qty, f.note)
                on conflict (code) do nothing
                returning item_id into v_id;
                if v_id is not null then
                    insert into dw.tag values (v_id, 'new ' || f.seq), (v_id, f.note);
                end if;
            when 'U' then
                with u as (
                    update dw.item set qty = f.qty, note = coalesce(f.note, note) where code = f.code
                    returning code, qty
                )
                insert into dw.arch select code, qty, f.seq, 'updated' from u;
            when 'D' then
                with d as (delete from dw.item where code = f.code returning *)
                insert into dw.arch select d.code, d.qty, f.seq, f.note from d;
                get diagnostics v_n = row_count;
            when 'M' then
                merge into dw.item t
                using (select f.code as code, f.qty as qty) s on t.code = s.code
                when matched and t.qty > 100 then delete
                when matched then update set qty = coalesce(t.qty, 0) + s.qty
                when not matched then insert (code, qty, note) values (s.code, s.qty, 'merged');
            else
                v_id := null;
        end case;
        select count(*), min(t.tag) as first_tag into v_rec from dw.tag t;
        select sum(qty) into v_left from dw.item;
        insert into dw.log values (f.seq, coalesce(f.op, '-') || ' ' || coalesce(v_rec.first_tag, 'no tag'), v_rec.count, v_left);
        delete from dw.tag where tag like 'new%' and not exists (select 1 from dw.item i where i.item_id = tag.item_id and i.qty is not null);
    end loop;
end $$;
