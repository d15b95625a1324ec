create schema src;
create schema inv;
create table src.count (loc text, sku text, counted int, day date);
insert into src.count values ('L1','a',5,'2024-01-01'),('L1','b',null,'2024-01-01'),('L2','a',-3,'2024-01-01'),(null,'a',1,'2024-01-01');
create table inv.stock (loc text, sku text, qty int not null default 0, value numeric(10,2) generated always as (qty * 2.5) stored, revision int not null default 1, first_seen date, last_change timestamptz, note varchar(12), primary key (loc, sku));
insert into inv.stock (loc, sku, qty, first_seen) values ('L1','a',4,'2023-01-01'),('L9','z',1,'2023-01-01'),('L1','b',7,null);
create function inv.stamp() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    new.first_seen := coalesce(new.first_seen, date '2024-01-01');
    new.revision := 1;
  else
    new.revision := old.revision + 1;
    new.first_seen := old.first_seen;
  end if;
  new.last_change := now();
  return new;
end $$;
create trigger a_stamp before insert or update on inv.stock for each row execute function inv.stamp();
create function inv.explain() returns trigger language plpgsql as $$
declare
  diff int := new.qty - old.qty;
begin
  case
    when diff > 0 then new.note := 'up ' || diff;
    when diff < 0 then new.note := 'down ' || abs(diff);
    else new.note := 'same';
  end case;
  return new;
end $$;
create trigger b_explain before update on inv.stock for each row when (old.qty is distinct from new.qty or old.note is distinct from new.note) execute function inv.explain();
