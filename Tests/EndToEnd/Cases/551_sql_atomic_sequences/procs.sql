create procedure acct.purge(p_before date) language sql begin atomic
  delete from acct.posting where doc_no in (select doc_no from acct.document where doc_date < p_before);
  delete from acct.document where doc_date < p_before;
end;

create or replace procedure acct.book_payments(p_from date, p_to date)
language plpgsql as $$
declare
  v_batch bigint;
  v_last bigint;
begin
  call acct.purge(p_from - 365);
  -- the batch document first
  v_batch := nextval('acct.doc_seq');
  insert into acct.document values (v_batch, 'B', 'batch ' || p_from, null, p_to);
  insert into acct.posting (doc_no, account, amount) values (v_batch, '9999', 0);
  insert into acct.posting (doc_no, account, amount)
  values (v_batch, case when currval('acct.posting_posting_id_seq') > 0 then '9998' else '0' end, 0);

  insert into acct.document (doc_no, kind, ref, amount, doc_date)
  select nextval('acct.doc_seq'), 'P', p.pay_ref, coalesce(p.cents, 0) / 100.0, p.paid_on
    from src.payment p
   where p.paid_on between p_from and p_to and not exists (select 1 from acct.document d where d.ref = p.pay_ref);
  insert into acct.document (doc_no, kind, ref, amount, doc_date)
  select nextval('acct.doc_seq'::regclass), 'R', 'rev-' || p.pay_ref, -1, p.paid_on
    from src.payment p where p.customer is null and p.paid_on between p_from and p_to and not exists (select 1 from acct.document d where d.ref = 'rev-' || p.pay_ref);

  insert into acct.posting (doc_no, account, amount)
  select d.doc_no, x.account, x.sign * d.amount
    from acct.document d cross join (values ('1200', 1), ('8400', -1)) as x (account, sign)
   where d.kind in ('P', 'R') and not exists (select 1 from acct.posting q where q.doc_no = d.doc_no);

  select max(doc_no) into v_last from acct.document;
  update acct.control set last_doc = v_last, runs = runs + 1 where key = 'payments';
  perform setval('acct.doc_seq', v_last);
end $$;
