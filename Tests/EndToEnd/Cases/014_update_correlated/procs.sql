create procedure etl.p_corr() language plpgsql as $$
begin
    update dw.cust c
       set last_day = (select max(day) from src.last l where l.cust = c.cust),
           amount   = (select l.amount from src.last l where l.cust = c.cust order by l.day desc limit 1),
           n        = (select count(*) from src.last l where l.cust = c.cust);
    update dw.cust set (x, n) = (select sum(amount)::int, dw.cust.n + 1 from src.last where src.last.cust = dw.cust.cust) where n > 0;
    update dw.cust c set x = s.total from (select cust, count(*)::int * 100 as total from src.last group by cust) s where s.cust = c.cust;
end $$;
