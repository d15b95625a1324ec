create or replace procedure etl.apply_one(p_seq int, p_op text, p_k text, p_doc jsonb) language plpgsql as $$
declare v dw.item%rowtype;
begin
  if p_k is null then raise exception 'seq %: no key', p_seq using errcode = '22004'; end if;
  select * into v from dw.item where k = p_k for update;
  case p_op
    when 'I' then
      if found and not v.deleted then
        raise exception 'seq %: % exists', p_seq, p_k;
      elsif found then
        update dw.item set doc = p_doc, deleted = false, version = version + 1 where k = p_k;
      else
        insert into dw.item (k, doc) values (p_k, p_doc);
      end if;
    when 'U' then
      if not found or v.deleted then raise exception 'seq %: % is not there', p_seq, p_k; end if;
      update dw.item set doc = doc || p_doc, version = v.version + 1 where k = p_k;
    when 'D' then
      if not found then raise exception 'seq %: % is not there', p_seq, p_k; end if;
      update dw.item set deleted = true, version = version + 1 where k = p_k;
    else
      raise exception 'seq %: bad op %', p_seq, p_op using errcode = '22023';
  end case;
  insert into dw.item_hist select k, version, doc, p_op from dw.item where k = p_k;
end $$;
create or replace procedure etl.apply_changes() language plpgsql as $$
declare c record; v_from int; v_to int;
begin
  select upto into strict v_from from dw.applied;
  v_to := v_from;
  for c in select * from src.chg where seq > v_from order by seq loop
    begin
      call etl.apply_one(c.seq, c.op, c.k, c.doc);
    exception
      when raise_exception or data_exception then
        insert into dw.apply_err values (c.seq, sqlerrm);
    end;
    v_to := c.seq;
  end loop;
  update dw.applied set upto = v_to;
end $$;
