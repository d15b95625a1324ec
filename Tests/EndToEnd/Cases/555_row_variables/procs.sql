create or replace procedure ref.sync_setting(p_name text, p_grp int default 1)
language plpgsql as $$
declare
  old_row ref.setting%rowtype;
  new_row ref.setting;
  first_p record;
  last_p record;
begin
  select * into old_row from ref.setting s where s.name = p_name;
  if found then
    insert into ref.setting_hist values (old_row.*, to_jsonb(old_row) - 'updated', 'replaced');
    delete from ref.setting where name = old_row.name;
  end if;

  select p.name, coalesce(p.val, 'none') as val, p.grp into new_row.name, new_row.val, new_row.grp
    from src.param p where p.name = p_name order by p.ord desc limit 1;
  if new_row.name is not null then
    new_row.updated := now();
    insert into ref.setting select new_row.*;
    insert into ref.setting_hist (name, val, grp, updated, reason) values (new_row.*, 'added');
  end if;

  select p.* into first_p from src.param p where p.grp = p_grp order by p.ord, p.name limit 1;
  select p.name as nm, p.val into last_p from src.param p where p.grp = p_grp order by p.ord desc, p.name desc limit 1;
  delete from ref.summary where grp = p_grp;
  insert into ref.summary select p_grp, first_p.name, last_p.val, count(*) from src.param where grp = p_grp;
end $$;
