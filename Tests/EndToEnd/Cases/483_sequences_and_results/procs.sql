create function etl.next_batch(p_label text, out batch_id bigint, out label text) language plpgsql as $$
begin
    batch_id := nextval('etl.batch_seq');
    label := p_label || '/' || coalesce(p_label, 'none');
    insert into dw.batches (batch_id, label) values (batch_id, next_batch.label);
end $$;

-- Loads new documents as one batch and reports on it.
create function etl.load_docs(p_kind char default null, p_label text default 'std')
returns table (section text, item text, amount numeric, n int) language plpgsql as $$
declare
    v_batch bigint;
    v_label text;
    v_prev bigint;
    v_count int;
begin
    select max(b.batch_id) into v_prev from dw.batches b;
    select * into v_batch, v_label from etl.next_batch(p_label);

    insert into dw.docs (doc_no, batch_id, party, signed)
    select d.doc_no, v_batch, d.party, case d.kind when 'C' then -d.amount else d.amount end
    from src.docs d
    where (d.kind = p_kind or p_kind is null) and not exists (select 1 from dw.docs t where t.doc_no = d.doc_no)
    order by d.doc_no;
    get diagnostics v_count = row_count;
    update dw.batches b set docs = v_count, previous = v_prev where b.batch_id = v_batch;
    insert into dw.links select d.batch_id, d.doc_id, v_label from dw.docs d where d.batch_id = v_batch;

    return query select 'batch'::text, v_label, null::numeric, v_count;
    if v_count = 0 then
        section := 'empty';
        item := p_kind;
        return next;
        return;
    end if;
    create temp table by_party on commit drop as
    select d.party, sum(d.signed) as total, count(*)::int as docs from dw.docs d where d.batch_id = v_batch group by d.party;
    return query select 'party', p.party, p.total, p.docs from by_party p where p.total is not null;
    delete from by_party p where p.docs > 1;
    return query select 'single', p.party, p.total, p.docs from by_party p;
    section := 'total';
    item := null;
    select sum(p.total), count(*) into amount, n from by_party p;
    return next;
end $$;
