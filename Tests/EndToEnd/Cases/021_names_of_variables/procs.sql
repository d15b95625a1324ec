create procedure etl.p_names(total numeric, run int) language plpgsql as $$
<<outer_block>>
declare
    s       int := 3;         -- also an alias below
    share   numeric;          -- also an output column below
    grand   numeric;
begin
    select sum(s.amount) as total into grand from src.sales s;
    share := total / grand;
    <<inner_block>>
    declare
        grand numeric := 1000;
        hits  int;
    begin
        select count(*) into hits from src.sales s where s.amount > p_names.total;
        insert into dw.sums (region, total, share, run)
        select s.region, sum(s.amount) as total, sum(s.amount) / outer_block.grand + inner_block.grand * 0 as share, p_names.run + hits
          from src.sales s group by s.region;
        grand := 5;
    end;
    insert into dw.sums as d values ('*', grand, outer_block.share, s);
    update dw.sums d set total = coalesce(d.total, 0) + p_names.total where d.run = p_names.run;
end $$;
