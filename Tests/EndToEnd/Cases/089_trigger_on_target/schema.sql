create schema src;
create schema dw;
create schema etl;

create table src.s (id int, v text);
insert into src.s values (1, 'a'), (2, null);
create table dw.s (id int, v text, stamp text);
create function dw.tg() returns trigger language plpgsql as $$
begin
    new.v := upper(new.v);
    new.stamp := tg_op;
    return new;
end $$;
create trigger tg before insert or update on dw.s for each row execute function dw.tg();
