create or replace procedure etl.load_invoices() language plpgsql as $$
declare v_batch int; v_inv int; v_line int;
begin
  insert into dw.batch default values returning batch_id into v_batch;
  insert into dw.item (code) select distinct item from src.inv s where item is not null and not exists (select from dw.item i where i.code = s.item) order by item;
  create temporary table new_inv on commit drop as
    select inv_no, min(d) as d, sum(qty * price) as total from src.inv where inv_no is not null group by inv_no;
  delete from new_inv n using dw.invoice i where i.inv_no = n.inv_no;
  with ins as (
    insert into dw.invoice (inv_no, d, total) select inv_no, d, total from new_inv order by inv_no returning invoice_id, inv_no
  )
  insert into dw.invoice_line (invoice_id, line_no, item_id, qty, amount)
  select ins.invoice_id, row_number() over (partition by ins.inv_no order by s.item nulls last, s.qty), it.item_id, s.qty, round(s.qty * s.price, 2)
  from ins join src.inv s on s.inv_no = ins.inv_no left join dw.item it on it.code = s.item;
  get diagnostics v_line = row_count;
  select count(*) into v_inv from new_inv;
  update dw.batch set n_inv = v_inv, n_line = v_line where batch_id = v_batch;
end $$;
