create procedure etl.p_constraints() language plpgsql as $$
begin
    delete from dw.i;
    delete from dw.kind;
    insert into dw.kind select distinct upper(kind), l, 'kind ' || kind from src.i, (values ('en'), ('de')) v(l) where kind is not null;
    insert into dw.i (id, code, qty, price, ref) select distinct id, upper(kind), qty, price, 'R' || id from src.i where kind <> 'b';
    insert into dw.i (id, code, lang, qty) select id, upper(kind), null, null from src.i where kind = 'b' or kind is null;
    update dw.i set qty = least(qty * 3, 100), price = greatest(price - 1, 0) where code in (select code from dw.kind where lang = 'de' and name > 'kind A');
end $$;
