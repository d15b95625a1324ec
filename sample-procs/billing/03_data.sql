-- Deterministic test data, see ../retail/03_data.sql for the way it is made.

insert into app.plans (plan_code, plan_name, cycle, cycle_price, included_units, overage_rate, retired_on)
values ('FREE',   'Free',            'monthly',      0.00,  100, null,     null),
       ('BASIC',  'Basic',           'monthly',     19.90, 1000, 0.01000,  null),
       ('PRO',    'Professional',    'monthly',     79.00, 5000, 0.00750,  null),
       ('PRO-Y',  'Professional/a',  'yearly',     849.00, 5000, 0.00700,  null),
       ('TEAM-Q', 'Team, quarterly', 'quarterly',  199.99, null, 0.00333,  null),
       ('ENT',    'Enterprise',      'yearly',   11999.00, null, null,     null),
       ('OLD',    'Legacy "gold"',   'monthly',      9.99,    0, 0.05000,  '2023-12-31');

insert into app.accounts (account_id, account_code, company_name, country, vat_id, parent_account_id, settings, tags, created_at, closed_at)
select g
     , 'A' || lpad(g::text, 6, '0')
     , case when g % 44 = 0 then '' when g % 45 = 0 then null when g % 46 = 0 then 'D''Arc & Söhne  ' else 'Company ' || g end
     , (array['DE', 'de', 'FR', 'AT', ' CH', 'XX', '', null, 'UK'])[1 + (hashint8(g) & 2147483647) % 9]
     , case when g % 3 = 0 then 'VAT' || g when g % 5 = 0 then '' end
     , case when g % 10 = 7 then g - 6 when g % 10 = 8 then g - 1 end
     , case when g % 61 = 0 then '{"internal": true}'::jsonb
            when g % 7 = 0 then jsonb_build_object('min_fee', 5 + g % 20, 'net_days', 14 + g % 3 * 8)
            when g % 8 = 0 then '{"min_fee": null}'::jsonb
            else '{}'::jsonb end
     , case g % 5 when 0 then array['vip', 'eu'] when 1 then array['trial'] when 2 then '{}'::text[] when 3 then null else array['eu', 'late', 'late'] end
     , timestamptz '2022-01-01 09:00:00+00' + ((hashint8(g + 1) & 2147483647) % 800) * interval '24 hours'
     , case when g % 27 = 0 then timestamptz '2024-02-10 00:00:00+00' + (g % 30) * interval '24 hours' end
  from generate_series(1, (3000 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int) g;

insert into app.subscriptions (sub_id, account_id, plan_code, started_on, ended_on, seats, discount_pct, state)
select g
     , 1 + (hashint8(g) & 2147483647) % (3000 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int
     , (array['FREE', 'BASIC', 'BASIC', 'PRO', 'PRO', 'PRO-Y', 'TEAM-Q', 'ENT', 'OLD'])[1 + (hashint8(g + 1) & 2147483647) % 9]
     , date '2023-06-01' + (hashint8(g + 2) & 2147483647) % 300
     , case when g % 4 = 0 then date '2023-11-01' + (hashint8(g + 3) & 2147483647) % 200 end
     , case g % 30 when 0 then null when 1 then 0 when 2 then -2 else 1 + (hashint8(g + 4) & 2147483647) % 25 end
     , case when g % 6 = 0 then (g % 4) * 12.5 when g % 66 = 1 then 100 end
     , (array['active', 'ACTIVE', 'active ', 'ended', 'trial', null, 'Paused'])[1 + (hashint8(g + 5) & 2147483647) % 7]
  from generate_series(1, (5000 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int) g
 where (3000 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int > 0;

insert into app.usage_events (event_id, sub_id, metered_at, metric, units, dedup_key)
select g
     , case when g % 700 = 0 then null
            else 1 + (hashint8(g) & 2147483647) % greatest(1, (5100 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int) end
     , case when g % 950 = 0 then null when g % 951 = 0 then timestamptz '2033-01-01 00:00:00+00'
            else timestamptz '2024-01-01 00:00:00+00' + ((hashint8(g + 1) & 2147483647) % 7776000) * interval '1 second' end
     , (array['api', 'api', 'API', 'storage', 'storage ', 'mail', '', null])[1 + (hashint8(g + 2) & 2147483647) % 8]
     , case when g % 88 = 0 then null when g % 89 = 0 then -50 when g % 90 = 0 then 0
            else ((hashint8(g + 3) & 2147483647) % 900000) / 1000.0 end
     , case when g % 300 = 0 then null when g % 20 = 0 then 'k' || (g - 1) else 'k' || g end     -- every 20th is a repetition
  from generate_series(1, (80000 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int) g;

insert into app.payments (payment_id, account_id, invoice_ref, paid_on, amount, currency, method)
select g
     , case when g % 140 = 0 then null
            else 1 + (hashint8(g) & 2147483647) % greatest(1, (3030 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int) end
     , case when g % 3 = 0 then (array['inv ', 'INV-', '', 'Rechnung '])[1 + g % 4] || '20240' || (1 + g % 3) || '-' || lpad((1 + (hashint8(g) & 2147483647)
                   % greatest(1, (3030 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int))::text, 6, '0')
            when g % 7 = 0 then '' when g % 11 = 0 then 'thanks' end
     , case when g % 410 = 0 then null else date '2024-02-01' + (hashint8(g + 1) & 2147483647) % 75 end
     , case when g % 120 = 0 then 0 when g % 121 = 0 then -20.00 when g % 122 = 0 then null
            else round(((hashint8(g + 2) & 2147483647) % 60000) / 100.0, 2) end
     , case g % 50 when 0 then 'USD' when 1 then null else 'EUR' end
     , (array['SEPA', 'sepa', 'CARD', 'card ', null, 'CHEQUE'])[1 + (hashint8(g + 3) & 2147483647) % 6]
  from generate_series(1, (12000 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int) g;

insert into app.tax_rates (country, valid_from, rate)
values ('DE', '2007-01-01', 0.19), ('DE', '2020-07-01', 0.16), ('DE', '2021-01-01', 0.19),
       ('FR', '2014-01-01', 0.20), ('AT', '2000-01-01', 0.20), ('CH', '2018-01-01', 0.077), ('CH', '2024-01-01', 0.081),
       ('AT', '2024-03-01', 0.21);

insert into app.dunning_rules (level_no, days_overdue, fee, letter)
values (1, 7, 0, 'friendly reminder'), (2, 21, 5.00, 'second "notice"'), (3, 35, 12.50, 'last notice -- it''s serious');

insert into ctl.periods (period_start, state)
values ('2023-12-01', 'CLOSED'), ('2024-01-01', 'OPEN'), ('2024-02-01', 'OPEN');
