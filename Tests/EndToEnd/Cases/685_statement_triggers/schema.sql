create schema src; create schema dw; create schema etl;
create table src.n (id int primary key, k text, v int); insert into src.n values (1,'a',10),(2,'b',20),(3,'a',30);
create table dw.t (k text primary key, v int, touched int not null default 0);
create table dw.stat (op text, n bigint, total bigint, seq int);
create table dw.rowlog (k text, old_v int, new_v int);
create function etl.note_statement() returns trigger language plpgsql as $$
declare v_seq int;
begin
  select coalesce(max(seq), 0) + 1 into v_seq from dw.stat;
  insert into dw.stat select tg_op || ' ' || tg_level, count(*), sum(v), v_seq from dw.t;
  if tg_op = 'DELETE' then
    delete from dw.rowlog where new_v is null;
  end if;
  return null;
end $$;
create function etl.note_row() returns trigger language plpgsql as $$
begin
  insert into dw.rowlog values (new.k, case when tg_op = 'UPDATE' then old.v end, new.v);
  return null;
end $$;
create trigger b_stat after insert or update of v or delete or truncate on dw.t for each statement execute function etl.note_statement();
create trigger a_row after insert or update on dw.t for each row execute function etl.note_row();
