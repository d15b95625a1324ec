create or replace procedure etl.ingest_docs() language plpgsql as $$
declare v_from int; v_to int;
begin
  select coalesce(max(last_id), 0) into v_from from dw.watermark where name = 'docs';
  select max(doc_id) into v_to from src.doc where doc_id > v_from;
  if v_to is null then return; end if;

  with docs as (
    select d.doc_id, (d.body ->> 'id')::int as party_id, d.body, d.received,
           row_number() over (partition by d.body ->> 'id' order by d.doc_id desc) as rn,
           count(*) over (partition by d.body ->> 'id') as n
    from src.doc d where d.doc_id > v_from and d.doc_id <= v_to
  )
  insert into dw.party as p (party_id, name, n_docs, last_seen, extra)
  select party_id, body ->> 'name', n, received, body #> '{extra,a}' from docs where rn = 1
  on conflict (party_id) do update
     set name = coalesce(excluded.name, p.name), n_docs = p.n_docs + excluded.n_docs,
         last_seen = greatest(p.last_seen, excluded.last_seen), extra = coalesce(p.extra, '{}'::jsonb) || coalesce(excluded.extra, '{}'::jsonb);

  insert into dw.party_tag
  select distinct (d.body ->> 'id')::int, t.tag
  from src.doc d cross join lateral jsonb_array_elements_text(coalesce(d.body -> 'tags', '[]'::jsonb)) as t(tag)
  where d.doc_id > v_from and d.doc_id <= v_to
  on conflict do nothing;

  insert into dw.line (party_id, sku, qty, price)
  select distinct on (party, l.sku) party, l.sku, coalesce(l.qty, 0), l.price
  from (select d.doc_id, (d.body ->> 'id')::int as party, d.body from src.doc d where d.doc_id > v_from and d.doc_id <= v_to) x,
       jsonb_to_recordset(x.body -> 'lines') as l(sku text, qty int, price numeric)
  order by party, l.sku, x.doc_id desc
  on conflict (party_id, sku) do update set qty = excluded.qty, price = coalesce(excluded.price, dw.line.price);

  insert into dw.watermark values ('docs', v_to) on conflict (name) do update set last_id = excluded.last_id;
end $$;
