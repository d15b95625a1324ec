create procedure etl.p_json(p_add jsonb default '{"z": true}') language plpgsql as $$
begin
    truncate dw.j, dw.tags;
    insert into dw.j select id, (doc ->> 'a')::numeric, doc -> 'tags' ->> 0, doc ? 'n', doc -> 'n' is null, (doc #>> '{sub,k,1}')::int, doc || p_add from src.j;
    update dw.j set doc = jsonb_set(doc, '{a}', to_jsonb(a)) - 'q' where a is not null and doc @> '{"a": 1}';
    insert into dw.tags select t.tag, jsonb_agg(j.id order by j.id) from src.j j cross join lateral jsonb_array_elements_text(j.doc -> 'tags') t(tag) group by t.tag;
    insert into dw.tags select key, jsonb_build_object('n', count(*), 'types', jsonb_agg(distinct jsonb_typeof(value))) from dw.j, jsonb_each(doc) group by key;
end $$;
