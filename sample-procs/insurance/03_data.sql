-- Deterministic test data, see ../retail/03_data.sql for the way it is made.

insert into src.accounts (account_no, holder, credit_limit, opened_on, closed_on)
select 'K' || lpad(g::text, 6, '0')
     , case when g % 50 = 0 then '' else 'Holder ' || g end
     , case when g % 9 = 0 then null else (g % 7) * 250.00 end
     , date '2023-01-01' + (hashint8(g) & 2147483647) % 420
     , case when g % 33 = 0 then date '2024-01-20' end
  from generate_series(1, (500 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int) g;

insert into src.policy_changes (change_id, policy_no, agent_code, product, premium, risk, effective_on, received_at)
select g
     , case when g % 210 = 0 then null when g % 211 = 0 then '  '
            else (array['P', 'p', ' P'])[1 + g % 3] || lpad((1 + (hashint8(g) & 2147483647)
                 % greatest(1, (400 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int))::text, 7, '0') end
     , case when g % 77 = 0 then '' when g % 78 = 0 then null else 'AG' || (hashint8(g + 1) & 2147483647) % 25 end
     , (array['HOME', 'MOTOR', 'MOTOR', 'LIFE'])[1 + (hashint8(g + 2) & 2147483647) % 4]
     , case when g % 90 = 0 then null when g % 91 = 0 then -1 else ((hashint8(g + 3) & 2147483647) % 9000000) / 10000.0 end
     , (array['low', 'High', ' normal', 'HIGH ', null, 'n/a'])[1 + (hashint8(g + 4) & 2147483647) % 6]
     , case when g % 310 = 0 then null else date '2024-01-01' + (hashint8(g + 5) & 2147483647) % 60 end
     , timestamp '2024-01-01 08:00' + (g % 86400) * interval '50 minutes'
  from generate_series(1, (1200 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int) g;

insert into src.cash_movements (movement_id, account_no, booked_on, kind, amount, reference)
select g
     , case when g % 400 = 0 then null
            else 'K' || lpad((1 + (hashint8(g) & 2147483647)
                 % greatest(1, (520 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int))::text, 6, '0') end
     , date '2024-01-01' + (hashint8(g + 1) & 2147483647) % 60
     , (array['P', 'P', 'P', 'C', 'R'])[1 + (hashint8(g + 2) & 2147483647) % 5]
     , case when g % 333 = 0 then null when g % 334 = 0 then 0 else ((hashint8(g + 3) & 2147483647) % 90000) / 100.0 end
     , case when g % 5 = 0 then 'ref ' || g end
  from generate_series(1, (6000 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int) g;

insert into src.claims_feed (claim_id, line_no, policy_no, region, happened_on, amount, status)
select 1 + g / 3, 1 + g % 3
     , (array['P', 'p'])[1 + g % 2] || lpad((1 + (hashint8(1 + g / 3) & 2147483647)
                 % greatest(1, (420 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int))::text, 7, '0')
     , (array['north', 'South', 'SOUTH ', 'east', null, 'North'])[1 + (hashint8(1 + g / 3) & 2147483647) % 6]
     , case when g % 400 = 0 then null else date '2024-01-01' + (hashint8(2 + g / 3) & 2147483647) % 75 end
     , case when g % 66 = 0 then null when g % 67 = 0 then 0 else ((hashint8(g + 3) & 2147483647) % 9000000) / 1000.0 end
     , (array['open', 'paid', 'paid', 'disputed'])[1 + (hashint8(g + 4) & 2147483647) % 4]
  from generate_series(0, (30000 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int) g;
