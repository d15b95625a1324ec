create or replace function rent.get_customer_balance(p_customer_id int, p_effective_date timestamp) returns numeric
language plpgsql stable as $$
       --#OK, WE NEED TO CALCULATE THE CURRENT BALANCE GIVEN A CUSTOMER_ID AND A DATE
declare
    v_rentfees decimal(5,2); --#FEES PAID TO RENT THE VIDEOS INITIALLY
    v_overfees integer;      --#LATE FEES FOR PRIOR RENTALS
    v_payments decimal(5,2); --#SUM OF PAYMENTS MADE PREVIOUSLY
begin
    select coalesce(sum(film.rental_rate), 0) into v_rentfees
    from rent.film, rent.inventory, rent.rental
    where film.film_id = inventory.film_id
      and inventory.inventory_id = rental.inventory_id
      and rental.rental_date <= p_effective_date
      and rental.customer_id = p_customer_id;

    select coalesce(sum(case when coalesce(rental.return_date, p_effective_date) - rental.rental_date > film.rental_duration * '1 day'::interval
                     then extract(day from coalesce(rental.return_date, p_effective_date) - rental.rental_date)::int - film.rental_duration
                     else 0 end), 0) into v_overfees
    from rent.rental, rent.inventory, rent.film
    where film.film_id = inventory.film_id
      and inventory.inventory_id = rental.inventory_id
      and rental.rental_date <= p_effective_date
      and rental.customer_id = p_customer_id;

    select coalesce(sum(payment.amount), 0) into v_payments
    from rent.payment
    where payment.payment_date <= p_effective_date
      and payment.customer_id = p_customer_id;

    return v_rentfees + v_overfees - v_payments;
end $$;

create or replace function rent.held_by(p_customer int) returns int[] language sql stable as
$$ select array_agg(inventory_id order by inventory_id) from rent.rental where customer_id = p_customer and return_date is null $$;

create or replace procedure rent.refresh_balances(p_at date default '2024-03-15') language plpgsql as $$
declare
  r rent.customer%rowtype;
  v_bal numeric(7,2);
  v_over int;
begin
  for r in select * from rent.customer where active is distinct from false order by customer_id loop
    v_bal := rent.get_customer_balance(r.customer_id, p_at);
    select count(*) into v_over from rent.rental t join rent.inventory i using (inventory_id) join rent.film f using (film_id)
     where t.customer_id = r.customer_id and t.return_date is null and t.rental_date + make_interval(days => f.rental_duration) < p_at;
    insert into rent.customer_balance values (r.customer_id, p_at, v_bal, v_over, rent.held_by(r.customer_id),
       case when v_bal > 10 then 'collect' when v_bal > 0 and v_over > 0 then 'remind' when v_bal = 0 then 'even' else 'ok' end)
    on conflict (customer_id) do update
       set as_of = excluded.as_of, balance = excluded.balance, overdue = excluded.overdue, held = excluded.held, band = excluded.band;
  end loop;
  delete from rent.customer_balance b using rent.customer c where c.customer_id = b.customer_id and not coalesce(c.active, true);
end $$;
