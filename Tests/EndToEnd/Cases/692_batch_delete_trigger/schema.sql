create schema src; create schema dw; create schema etl;
create table dw.t (id int primary key, old boolean);
insert into dw.t select g, g % 3 <> 0 from generate_series(1, 9) g;
create table dw.gone (id int);
create function etl.note_gone() returns trigger language plpgsql as $$
begin
  insert into dw.gone values (old.id);
  return null;
end $$;
create trigger t_gone after delete on dw.t for each row execute function etl.note_gone();
