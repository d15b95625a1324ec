create procedure etl.p_arrays(p_ids int[], p_tags text[] default array['x', 'q']) language plpgsql as $$
declare
    v_list int[];
begin
    delete from dw.a;
    select array_agg(id order by id desc) into v_list from src.a where n is not null;
    insert into dw.a (id, all_tags, hit) select id, tags || 'end'::text, id = any (p_ids) from src.a where n <> all (array[2, 7]) or tags && p_tags;
    insert into dw.a (id, tag, pos) select s.id, t.tag, t.pos from src.a s, unnest(s.tags) with ordinality t(tag, pos) where s.id = any (v_list);
    update dw.a set pos = cardinality(all_tags), tag = all_tags[1] where all_tags is not null;
    update dw.a set hit = 'y' = any (all_tags), id = id + v_list[1] where pos > array_length(p_tags, 1);
    insert into dw.a (all_tags) select array_agg(distinct tag order by tag) from dw.a where tag not in ('end');
end $$;
