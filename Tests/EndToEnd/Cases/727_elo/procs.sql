create or replace procedure elo.rate_games(p_k int default 32) language plpgsql as $$
declare g record; rw int; rb int; e numeric; s numeric; d int;
begin
  insert into elo.player(code) select white from elo.game union select black from elo.game on conflict do nothing;
  for g in select * from elo.game where game_id not in (select game_id from elo.history) order by played, game_id loop
    select rating into rw from elo.player where code = g.white;
    select rating into rb from elo.player where code = g.black;
    e := 1 / (1 + power(10::numeric, (rb - rw) / 400.0));
    s := case g.result when 'W' then 1 when 'B' then 0 else 0.5 end;
    d := round(p_k * (s - e));
    update elo.player set rating = rating + d, games = games + 1 where code = g.white;
    update elo.player set rating = rating - d, games = games + 1 where code = g.black;
    insert into elo.history values (g.game_id, rw, rb, d);
  end loop;
end $$;
