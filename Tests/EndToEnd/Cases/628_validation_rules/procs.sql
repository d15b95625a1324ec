create or replace function etl.norm_phone(p text, c text, out o_phone text, out o_ok boolean) language plpgsql stable as $$
declare v text := regexp_replace(coalesce(p, ''), '[^0-9+]', '', 'g'); pre text;
begin
  o_ok := false;
  if v = '' then o_phone := null; return; end if;
  select prefix into pre from src.country where code = upper(c);
  o_phone := case when v like '00%' then '+' || substr(v, 3) when v like '0%' and pre is not null then pre || substr(v, 2) else v end;
  o_ok := o_phone ~ '^\+\d{8,15}$';
end $$;
create or replace function etl.validate_contacts(p_strict boolean default false) returns table (field text, n bigint) language plpgsql as $$
declare r src.contact%rowtype; p record; v_msgs text[]; v_score int;
begin
  delete from dw.issue;
  for r in select * from src.contact order by id loop
    v_msgs := '{}'; v_score := 100;
    if r.name is null or btrim(r.name) = '' then
      v_msgs := array_append(v_msgs, 'name'); v_score := v_score - 40;
    end if;
    case
      when r.email is null then v_msgs := v_msgs || 'email'::text; v_score := v_score - 30;
      when r.email !~* '^[^@]+@[^@]+\.[a-z]+$' then v_msgs := v_msgs || array['email']; v_score := v_score - 20;
      when exists (select 1 from src.contact c where lower(c.email) = lower(r.email) and c.id < r.id) then v_msgs := array_append(v_msgs, 'dup');
      else null;
    end case;
    select * into p from etl.norm_phone(r.phone, r.country);
    if not p.o_ok then v_score := v_score - 10; end if;
    if p_strict and not p.o_ok then v_msgs := v_msgs || 'phone'::text; end if;
    if v_msgs <> '{}' then
      insert into dw.issue select r.id, m, 'check ' || m from unnest(v_msgs) as m;
    end if;
    insert into dw.contact values (r.id, left(btrim(r.name), 20), lower(r.email), p.o_phone, upper(r.country), v_score)
    on conflict (id) do update set (name, email, phone, country, score) = (excluded.name, excluded.email, excluded.phone, excluded.country, excluded.score)
    where (dw.contact.*) is distinct from (excluded.*);
  end loop;
  return query select i.field, count(*) from dw.issue i group by i.field order by i.field;
  if not found then
    return query select 'none'::text, 0::bigint;
  end if;
end $$;
