create or replace procedure etl.close_carts(p_cutoff date) language plpgsql as $$
declare
  cur_cart cursor (c_day date) for select * from src.cart where state = 'open' and last_seen < c_day order by cart_id;
  cur_line cursor (c_id int) for select sku, qty, price from src.cart_line where cart_id = c_id order by line;
  r_cart src.cart%rowtype;
  v_sku src.cart_line.sku%type; v_qty src.cart_line.qty%type; v_price src.cart_line.price%type;
  v_skus text; v_total dw.abandoned.total%type; v_bad int; v_carts int := 0; v_sum numeric := 0;
begin
  open cur_cart(p_cutoff);
  loop
    fetch cur_cart into r_cart;
    exit when not found;
    v_skus := null; v_total := 0; v_bad := 0;
    open cur_line(r_cart.cart_id);
    loop
      fetch cur_line into v_sku, v_qty, v_price;
      exit when not found;
      if v_sku is null or coalesce(v_qty, 0) <= 0 then
        v_bad := v_bad + 1;
        continue;
      end if;
      v_skus := coalesce(v_skus || ',', '') || v_sku;
      v_total := v_total + v_qty * coalesce(v_price, 0);
    end loop;
    close cur_line;
    insert into dw.abandoned values (r_cart.cart_id, coalesce(r_cart.usr, '?'), v_skus, v_total, v_bad, r_cart.last_seen)
    on conflict (cart_id) do update set skus = excluded.skus, total = excluded.total, n_bad = excluded.n_bad, seen = excluded.seen;
    v_carts := v_carts + 1;
    v_sum := v_sum + v_total;
  end loop;
  close cur_cart;
  insert into dw.stats values (p_cutoff, v_carts, v_sum);
end $$;
