create schema src; create schema rpt;
create table src.film (film_id int primary key, title text, category text, rate numeric(4,2)); insert into src.film values (1,'A','Action',2.99),(2,'B','Drama',0.99),(3,'C',null,4.99);
create table src.rental (rental_id int primary key, film_id int, customer_id int, rented date, returned date);
insert into src.rental values (1,1,10,'2024-01-05','2024-01-08'),(2,1,11,'2024-01-06',null),(3,2,10,'2024-02-01','2024-02-01'),(4,3,12,'2024-02-10','2024-02-20'),(5,9,10,'2024-02-11',null);
create table rpt.detailed (rental_id int, title text, category text, month text, fee numeric(8,2), late boolean);
create table rpt.summary (category text, rentals bigint, revenue numeric(10,2), rank int);
create function rpt.month_name_of(p date) returns text language plpgsql as $$
declare v text;
begin
  select case extract(month from p)::int when 1 then 'January' when 2 then 'February' when 3 then 'March' else to_char(p, 'FMMonth') end into v;
  return v || ' ' || extract(year from p);
end $$;
create function rpt.rebuild_summary() returns trigger language plpgsql as $$
begin
  delete from rpt.summary;
  insert into rpt.summary
  select category, count(*), sum(fee), row_number() over (order by sum(fee) desc, category) from rpt.detailed group by category;
  return new;
end $$;
create trigger summary_trigger after insert on rpt.detailed for each statement execute function rpt.rebuild_summary();
