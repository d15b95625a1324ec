create function etl.vat(p numeric) returns numeric language sql immutable return round(p * 0.19, 3);

create procedure etl.p_outer(p_from date default '2024-01-01', p_what text default 'sales') language plpgsql as $$
begin
    call etl.note('before');
    call etl.p_load(p_from, p_what);
    call etl.note('after', (p_from - date '2024-01-01')::bigint);
end $$;

create procedure etl.note(p_what text, p_n bigint default null) language sql
begin atomic
    insert into dw.log (what, n) values (p_what, p_n);
end;

-- Three statements in the standard's way of writing; the server prints them anew.
create procedure etl.p_load(p_from date default '2024-01-01', p_what text default 'sales') language sql
begin atomic
    delete from dw.shops where shop in (select s.shop from src.sales s where s.sold_on >= p_from);
    insert into dw.shops (shop, total, sales)
    select coalesce(shop, '?'), sum(amount + etl.vat(amount)), count(*)
    from src.sales
    where sold_on >= p_from or sold_on is null
    group by coalesce(shop, '?')
    on conflict (shop) do update set total = coalesce(dw.shops.total, 0) + excluded.total, sales = dw.shops.sales + excluded.sales;
    insert into dw.log (what, n) select p_what, case when p_from > '2024-01-01' then 1 end;
end;
