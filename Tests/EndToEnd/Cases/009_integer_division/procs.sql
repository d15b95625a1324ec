create procedure etl.p_ratio(p_div int, p_ndiv numeric) language plpgsql as $$
declare
    v_hits int;
    v_n    int;
    v_avg  int;
begin
    select sum(hit), count(*) into v_hits, v_n from src.v;
    v_avg := v_hits / v_n;
    truncate dw.ratio;
    insert into dw.ratio
    select id, hit / nullif(total, 0), hit % nullif(total, 0), hit / nullif(total, 0) * 100, hit * 100.0 / nullif(total, 0), v_hits / v_n
      from src.v;
    update dw.ratio set avg_hit = v_avg + id / p_div + id / p_ndiv where id > 1;
end $$;
