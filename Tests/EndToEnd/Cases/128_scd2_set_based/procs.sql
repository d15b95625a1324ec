create procedure etl.p_scd2(p_day date) language plpgsql as $$
begin
    update dw.cust d set valid_to = p_day - 1, is_current = false
      from src.cust s
     where s.id = d.id and d.is_current and (s.name, s.city) is distinct from (d.name, d.city);
    update dw.cust d set valid_to = p_day - 1, is_current = false
     where d.is_current and not exists (select 1 from src.cust s where s.id = d.id);
    insert into dw.cust (id, name, city, valid_from)
    select s.id, s.name, s.city, p_day from src.cust s left join dw.cust d on d.id = s.id and d.is_current where d.id is null;
end $$;
