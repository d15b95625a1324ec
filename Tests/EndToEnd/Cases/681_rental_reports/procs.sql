create or replace procedure rpt.refresh() language plpgsql as $$
begin
  truncate table rpt.detailed;
  truncate table rpt.summary;
  insert into rpt.detailed (rental_id, title, category, month, fee, late)
  select r.rental_id, f.title, coalesce(f.category, 'Other'), rpt.month_name_of(r.rented),
         f.rate * greatest(1, coalesce(r.returned, r.rented + 7) - r.rented), r.returned is null or r.returned - r.rented > 5
  from src.rental r inner join src.film f using (film_id)
  order by r.rental_id;
  return;
end $$;
