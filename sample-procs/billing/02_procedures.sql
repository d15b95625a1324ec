-- Finance mart of the billing system.

create or replace procedure mart.load_usage_daily (
	pFrom	date,
	pTo	date,		-- exclusive
	out pRows	integer
)
language plpgsql
as $body$
-- Rolls the metering events up by day. Delivered twice is counted once.
declare
	nBad	bigint;
	tFrom	timestamptz := pFrom::timestamp at time zone 'UTC';
	tTo	timestamptz := pTo::timestamp at time zone 'UTC';
begin
	delete from mart.usage_daily where usage_date >= pFrom and usage_date < pTo;

	select count(*) filter (where e.units < 0 or e.sub_id is null) into nBad
	from app.usage_events e
	where e.metered_at >= tFrom and e.metered_at < tTo;

	if nBad > 0 then
		insert into ctl.run_log (routine, period, what, n) values ('load_usage_daily', pFrom, 'bad events', nBad);
	end if;

	with once as (
		select distinct on (coalesce(e.dedup_key, 'event ' || e.event_id))
			e.sub_id,
			(e.metered_at at time zone 'UTC') as at_utc,
			coalesce(nullif(lower(rtrim(e.metric)), ''), 'other') as metric,
			e.units
		from app.usage_events e
		where e.metered_at >= tFrom and e.metered_at < tTo
		  and e.sub_id is not null
		  and e.units >= 0		-- null is not
		order by coalesce(e.dedup_key, 'event ' || e.event_id), e.event_id
	),
	hourly as (
		select o.sub_id, o.at_utc::date as usage_date, o.metric,
			extract(hour from o.at_utc)::smallint as hr,
			sum(o.units) as units, count(*) as events
		from once o
		group by 1, 2, 3, 4
	),
	ranked as (
		select h.*,
			row_number() over (partition by sub_id, usage_date, metric order by units desc, hr) as pos
		from hourly h
	)
	insert into mart.usage_daily (sub_id, usage_date, metric, units, events, peak_hour)
	select sub_id, usage_date, metric, sum(units), sum(events), max(case when pos = 1 then hr end)
	from ranked
	group by sub_id, usage_date, metric;

	get diagnostics pRows = row_count;
end
$body$;


CREATE OR REPLACE PROCEDURE mart.rate_usage(l_from IN date, l_to IN date, l_units OUT numeric, l_amount OUT numeric)
LANGUAGE plpgsql AS
$$
DECLARE
  c_free_metric CONSTANT varchar := 'mail';
  l_lines integer;
BEGIN
  TRUNCATE TABLE work.rated_usage;

  INSERT INTO work.rated_usage (sub_id, metric, units)
  SELECT u.sub_id, u.metric, SUM(u.units)
    FROM mart.usage_daily u
   WHERE u.usage_date >= l_from AND u.usage_date < l_to
     AND u.sub_id IN (SELECT v.sub_id FROM app.v_billable_subscriptions v)
   GROUP BY u.sub_id, u.metric;

  -- Included units are used up by metric, in alphabetical order ("api" first).
  UPDATE work.rated_usage r
     SET billable = x.billable,
         rate     = x.overage_rate,
         amount   = x.billable * x.overage_rate
    FROM (SELECT w.sub_id, w.metric, v.overage_rate,
                 GREATEST(0, LEAST(w.units,
                                   SUM(w.units) OVER (PARTITION BY w.sub_id ORDER BY w.metric)
                                   - COALESCE(v.included_units, 0) * v.seats)) AS billable
            FROM work.rated_usage w
            JOIN app.v_billable_subscriptions v ON v.sub_id = w.sub_id
           WHERE w.metric <> c_free_metric) x
   WHERE x.sub_id = r.sub_id AND x.metric = r.metric;
  GET DIAGNOSTICS l_lines = ROW_COUNT;

  -- Zero lines are of no use to anybody
  DELETE FROM work.rated_usage WHERE amount = 0 OR amount IS NULL;

  SELECT SUM(billable), COALESCE(SUM(amount), 0) INTO l_units, l_amount FROM work.rated_usage;
  RAISE NOTICE '% lines rated, % units, % EUR', l_lines, l_units, l_amount;
END;
$$;


/*
 * make_invoices - everything of one month
 * 2021-03 hk  first version
 * 2022-11 hk  minimum fee (settings.min_fee)
 * 2023-05 ab  discounts as lines of their own
 */
create or replace procedure mart.make_invoices(p_from date, p_to date, inout p_count integer, p_net_days integer default 14)
language plpgsql
as $$
declare
    v_prefix  text := to_char(p_from, 'YYYYMM') || '-';
    v_days    int  := p_to - p_from;
    v_minimum int;
begin
    delete from mart.invoices i where i.period_start = p_from;      -- its lines cascade

    drop table if exists t_lines;
    create temp table t_lines
    (
        account_id  bigint
      , sub_id      integer
      , kind        varchar(8)
      , sort_no     integer
      , quantity    numeric(12,3)
      , unit_price  numeric(12,5)
      , amount      numeric(12,2)
      , line_text   varchar(60)
    );

    -- 1. base fee, pro rata by day
    insert into t_lines
    select b.account_id
         , b.sub_id
         , 'BASE'
         , 1
         , b.seats * (least(coalesce(b.ended_on, p_to), p_to) - greatest(b.started_on, p_from))::numeric / v_days
         , b.month_price
         , null
         , left(b.plan_name || ' x ' || b.seats || case when b.cycle = 'monthly' then '' else ' (' || b.cycle || ')' end, 60)
      from app.v_billable_subscriptions b
     where b.started_on < p_to
       and (b.ended_on is null or b.ended_on > p_from)
       and b.month_price > 0;

    update t_lines set amount = quantity * unit_price;

    -- 2. usage
    insert into t_lines (account_id, sub_id, kind, sort_no, quantity, unit_price, amount, line_text)
    select s.account_id, r.sub_id, 'USAGE', 2 + row_number() over (partition by r.sub_id order by r.metric), r.billable, r.rate, r.amount, r.metric
      from work.rated_usage r
      join app.subscriptions s on s.sub_id = r.sub_id;

    -- 3. discounts, on base fees only
    insert into t_lines (account_id, sub_id, kind, sort_no, amount, line_text)
    select t.account_id, t.sub_id, 'DISCOUNT', 90, -(t.amount * b.discount_pct / 100), trim_scale(b.discount_pct)::text || ' % discount'
      from t_lines t
      join app.v_billable_subscriptions b
     using (sub_id)
     where t.kind = 'BASE'
       and b.discount_pct > 0;

    -- 4. minimum fee
    insert into t_lines (account_id, kind, sort_no, quantity, unit_price, amount, line_text)
    select a.account_id, 'MINIMUM', 99, 1, (a.settings ->> 'min_fee')::numeric, (a.settings ->> 'min_fee')::numeric - sum(t.amount), 'minimum fee'
      from t_lines t
      join app.accounts a on a.account_id = t.account_id
     where a.settings ? 'min_fee'
     group by a.account_id, a.settings
    having sum(t.amount) < (a.settings ->> 'min_fee')::numeric;
    get diagnostics v_minimum = row_count;

    -- the heads
    insert into mart.invoices (invoice_no, account_id, period_start, bill_country, net, due_on)
    select v_prefix || lpad(a.account_id::text, 6, '0')
         , a.account_id
         , p_from
         , case when upper(btrim(a.country)) in ('DE', 'FR', 'AT', 'CH') then upper(btrim(a.country)) else 'ZZ' end
         , t.net
         , p_to + coalesce((a.settings ->> 'net_days')::int, p_net_days)
      from (select account_id, sum(amount) as net from t_lines group by account_id) t
      join app.accounts a on a.account_id = t.account_id
     where t.net <> 0
       and (a.closed_at is null or a.closed_at >= p_from::timestamp at time zone 'UTC');

    get diagnostics p_count = row_count;

    -- the lines
    insert into mart.invoice_lines
    select i.invoice_no
         , row_number() over (partition by i.invoice_no order by t.sub_id nulls last, t.sort_no)
         , t.kind
         , t.sub_id
         , t.quantity
         , t.unit_price
         , t.amount
         , t.line_text
      from t_lines t
      join mart.invoices i on i.account_id = t.account_id and i.period_start = p_from;

    drop table t_lines;

    if v_minimum > 0 then
        insert into ctl.run_log (routine, period, what, n) values ('make_invoices', p_from, 'minimum fees', v_minimum);
    end if;
end;
$$;


create or replace procedure mart.apply_tax(p_from date, p_home varchar default 'DE')
language plpgsql
as $$
begin
    -- reverse charge: business customers abroad pay no tax; at home everybody does
    update mart.invoices i
       set tax_rate = coalesce((select r.rate
                                  from app.tax_rates r
                                 where r.country = i.bill_country
                                   and r.valid_from <= i.period_start
                                 order by r.valid_from desc
                                 limit 1), 0)
     where i.period_start = p_from
       and (i.bill_country = p_home
            or not exists (select 1 from app.accounts a
                            where a.account_id = i.account_id and nullif(a.vat_id, '') is not null));

    update mart.invoices
       set tax = net * tax_rate, status = case when net < 0 then 'void' else 'issued' end::mart.invoice_status
     where period_start = p_from;

    -- a voided invoice carries no tax
    update mart.invoices set tax = default, tax_rate = default where period_start = p_from and status = 'void';
end;
$$;


Create Or Replace Procedure mart.run_month
(
    p_month        Date,
    Out o_state    Text,
    Out o_invoices Integer,
    p_close        Boolean Default false
)
Language plpgsql
As $$
-- Entry point of finance. Bills one month; bills it again as long as it is not closed.
Declare
    l_from    ctl.periods.period_start%Type := date_trunc('month', p_month)::Date;
    l_to      Date := (date_trunc('month', p_month) + Interval '1 month')::Date;
    l_state   ctl.periods.state%Type;
    l_days    Integer;
    l_units   Numeric;
    l_amount  Numeric(14,2);
    l_net     mart.invoices.net%Type;
Begin
    Select state Into l_state From ctl.periods Where period_start = l_from;
    If l_state Is Null Then
        Insert Into ctl.periods (period_start) Values (l_from);
        l_state := 'OPEN';
    Elsif l_state = 'CLOSED' Then
        Insert Into ctl.run_log (routine, period, what) Values ('run_month', l_from, 'refused: closed');
        Select count(*) Into o_invoices From mart.invoices Where period_start = l_from;
        o_state := 'CLOSED';
        Return;
    End If;

    Call mart.load_usage_daily(l_from, l_to, l_days);
    Insert Into ctl.run_log (routine, period, what, n) Values ('run_month', l_from, 'usage days', l_days);

    Call mart.rate_usage(l_from, l_to, l_units, l_amount);
    Insert Into ctl.run_log (routine, period, what, n) Values ('run_month', l_from, 'usage EUR', l_amount);

    Call mart.make_invoices(l_from, l_to, o_invoices);
    Call mart.apply_tax(p_from => l_from);
    Commit;

    Select sum(net) Into l_net From mart.invoices Where period_start = l_from And status <> 'void';
    Insert Into ctl.run_log (routine, period, what, n) Values ('run_month', l_from, 'net EUR', l_net);

    If p_close And o_invoices > 0 Then
        o_state := 'CLOSED';
    Elsif o_invoices > 0 Then
        o_state := 'BILLED';
    Else
        o_state := 'OPEN';
    End If;

    Update ctl.periods
       Set state     = o_state,
           invoices  = o_invoices,
           runs      = runs + 1,
           billed_at = Case When o_invoices > 0 Then now() Else billed_at End
     Where period_start = l_from;
End;
$$;


CREATE OR REPLACE PROCEDURE MART.MATCH_PAYMENTS(P_AS_OF DATE, INOUT P_MATCHED INT)
LANGUAGE PLPGSQL
AS $$
DECLARE
	V_REF	INT;
	V_FIFO	INT;
BEGIN
	-- BALANCES OF INVOICES THAT ARE NEW SINCE THE LAST RUN, AND OF THOSE BILLED AGAIN
	DELETE FROM MART.PAYMENT_MATCHES M
	 WHERE NOT EXISTS (SELECT 1 FROM MART.INVOICES I WHERE I.INVOICE_NO = M.INVOICE_NO AND I.STATUS = 'issued');
	DELETE FROM MART.INVOICE_BALANCE
	 WHERE INVOICE_NO NOT IN (SELECT INVOICE_NO FROM MART.INVOICES WHERE STATUS = 'issued');
	UPDATE MART.INVOICE_BALANCE B
	   SET GROSS = I.GROSS, DUE_ON = I.DUE_ON, SETTLED = (B.PAID >= I.GROSS)
	  FROM MART.INVOICES I
	 WHERE I.INVOICE_NO = B.INVOICE_NO
	   AND (I.GROSS <> B.GROSS OR I.DUE_ON <> B.DUE_ON);
	INSERT INTO MART.INVOICE_BALANCE (INVOICE_NO, ACCOUNT_ID, DUE_ON, GROSS)
	SELECT INVOICE_NO, ACCOUNT_ID, DUE_ON, GROSS FROM MART.INVOICES
	 WHERE STATUS = 'issued'
	EXCEPT
	SELECT INVOICE_NO, ACCOUNT_ID, DUE_ON, GROSS FROM MART.INVOICE_BALANCE;

	-- USABLE PAYMENTS
	DROP TABLE IF EXISTS T_PAY;
	CREATE TEMPORARY TABLE T_PAY AS
	SELECT P.PAYMENT_ID,
	       P.ACCOUNT_ID,
	       P.PAID_ON,
	       P.AMOUNT - COALESCE((SELECT SUM(M.MATCHED) FROM MART.PAYMENT_MATCHES M WHERE M.PAYMENT_ID = P.PAYMENT_ID), 0) AS REST,
	       SUBSTRING(P.INVOICE_REF FROM '\d{6}-\d{6}')	AS REF	-- "INV-202401-000017", "Rechnung 202401-000017"
	  FROM APP.PAYMENTS P
	 WHERE P.AMOUNT > 0
	   AND P.PAID_ON <= P_AS_OF
	   AND COALESCE(P.CURRENCY, 'EUR') = 'EUR'
	   AND P.ACCOUNT_ID IS NOT NULL;
	DELETE FROM T_PAY WHERE REST <= 0;

	-- STEP 1: BY REFERENCE. SEVERAL PAYMENTS MAY NAME ONE INVOICE: THE EARLIER ONE FIRST
	INSERT INTO MART.PAYMENT_MATCHES (PAYMENT_ID, INVOICE_NO, MATCHED, HOW, MATCHED_ON)
	SELECT Q.PAYMENT_ID, Q.INVOICE_NO, LEAST(Q.REST, Q.OPEN_AMOUNT - Q.BEFORE), 'REF', P_AS_OF
	  FROM (SELECT T.PAYMENT_ID, B.INVOICE_NO, T.REST, B.OPEN_AMOUNT,
	               COALESCE(SUM(T.REST) OVER (PARTITION BY B.INVOICE_NO ORDER BY T.PAID_ON, T.PAYMENT_ID
	                                          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS BEFORE
	          FROM T_PAY T
	          JOIN MART.INVOICE_BALANCE B ON B.INVOICE_NO = T.REF AND B.ACCOUNT_ID = T.ACCOUNT_ID
	         WHERE NOT B.SETTLED) Q
	 WHERE Q.OPEN_AMOUNT > Q.BEFORE
	   AND NOT EXISTS (SELECT 1 FROM MART.PAYMENT_MATCHES X WHERE X.PAYMENT_ID = Q.PAYMENT_ID AND X.INVOICE_NO = Q.INVOICE_NO);
	GET DIAGNOSTICS V_REF = ROW_COUNT;

	UPDATE MART.INVOICE_BALANCE B
	   SET PAID = COALESCE((SELECT SUM(M.MATCHED) FROM MART.PAYMENT_MATCHES M WHERE M.INVOICE_NO = B.INVOICE_NO), 0);
	UPDATE MART.INVOICE_BALANCE SET SETTLED = TRUE WHERE OPEN_AMOUNT <= 0 AND NOT SETTLED;

	UPDATE T_PAY T
	   SET REST = T.REST - N.USED
	  FROM (SELECT PAYMENT_ID, SUM(MATCHED) AS USED
	          FROM MART.PAYMENT_MATCHES WHERE HOW = 'REF' AND MATCHED_ON = P_AS_OF GROUP BY PAYMENT_ID) N
	 WHERE N.PAYMENT_ID = T.PAYMENT_ID
	   AND T.REF IS NOT NULL;

	-- STEP 2: WHAT IS LEFT PAYS THE OLDEST OPEN INVOICES (OVERLAP OF TWO RUNNING SUMS)
	INSERT INTO MART.PAYMENT_MATCHES (PAYMENT_ID, INVOICE_NO, MATCHED, HOW, MATCHED_ON)
	WITH P AS (
		SELECT PAYMENT_ID, ACCOUNT_ID, REST,
		       SUM(REST) OVER (PARTITION BY ACCOUNT_ID ORDER BY PAID_ON, PAYMENT_ID) AS UPTO
		  FROM T_PAY
		 WHERE REST > 0
	), I AS (
		SELECT INVOICE_NO, ACCOUNT_ID, OPEN_AMOUNT,
		       SUM(OPEN_AMOUNT) OVER (PARTITION BY ACCOUNT_ID ORDER BY DUE_ON, INVOICE_NO) AS UPTO
		  FROM MART.V_OPEN_ITEMS
	)
	SELECT P.PAYMENT_ID, I.INVOICE_NO,
	       LEAST(P.UPTO, I.UPTO) - GREATEST(P.UPTO - P.REST, I.UPTO - I.OPEN_AMOUNT),
	       'FIFO', P_AS_OF
	  FROM P
	  JOIN I ON I.ACCOUNT_ID = P.ACCOUNT_ID
	        AND P.UPTO - P.REST < I.UPTO
	        AND I.UPTO - I.OPEN_AMOUNT < P.UPTO
	 WHERE NOT EXISTS (SELECT 1 FROM MART.PAYMENT_MATCHES X
	                    WHERE X.PAYMENT_ID = P.PAYMENT_ID AND X.INVOICE_NO = I.INVOICE_NO);
	GET DIAGNOSTICS V_FIFO = ROW_COUNT;

	UPDATE MART.INVOICE_BALANCE B
	   SET PAID = N.PAID, SETTLED = (N.PAID >= B.GROSS)
	  FROM (SELECT INVOICE_NO, SUM(MATCHED) AS PAID FROM MART.PAYMENT_MATCHES GROUP BY INVOICE_NO) N
	 WHERE N.INVOICE_NO = B.INVOICE_NO;

	P_MATCHED := V_REF + V_FIFO;
END;
$$;


-- dunning: who gets which letter
create or replace procedure mart.update_dunning(p_as_of date, out p_letters integer, out p_closed integer)
language plpgsql
as $$
declare
    v_levels integer;
    v_n      integer;
    -- v_grace  integer := 3;
begin
    p_letters := 0;
    select count(*), coalesce(max(level_no), 0) into v_levels, v_n from app.dunning_rules;

    drop table if exists t_due;
    create temp table t_due as
    select o.account_id, sum(o.open_amount) as overdue, min(o.due_on) as oldest,
           p_as_of - min(o.due_on) as days, 0 as lvl
      from mart.v_open_items o
     where o.due_on < p_as_of
     group by o.account_id;

    if v_levels > 0 then
        update t_due d
           set lvl = (select max(r.level_no) from app.dunning_rules r where r.days_overdue <= d.days);
        -- nobody dunned under five euros
        update t_due set lvl = null where overdue < 5;
        delete from t_due where lvl is null;
    else
        raise notice 'no dunning rules, nobody gets a letter';
        -- raise exception 'no dunning rules';
    end if;

    /* The old rule, before lawyers:
    update t_due set lvl = lvl + 1 where account_id in (select account_id from app.accounts where tags @> '{late}');
    */

    -- closed cases
    delete from mart.dunning_cases c
     where c.account_id not in (select t.account_id from t_due t);
    get diagnostics p_closed = row_count;

    -- level goes up by one step at most; VIPs stay on level 1
    update mart.dunning_cases c
       set level_no    = case when 'vip' = any (a.tags) then 1 else least(t.lvl, c.level_no + 1) end,
           overdue     = t.overdue,
           oldest_due  = t.oldest,
           fees        = c.fees + coalesce((select r.fee from app.dunning_rules r
                                             where r.level_no = least(t.lvl, c.level_no + 1)
                                               and t.lvl > c.level_no), 0),
           last_letter = (select r.letter from app.dunning_rules r where r.level_no = t.lvl),
           changed_at  = default
      from t_due t
      join app.accounts a on a.account_id = t.account_id
     where c.account_id = t.account_id
       and (t.lvl > c.level_no or t.overdue <> c.overdue);
    if found then
        get diagnostics p_letters = row_count;
    end if;

    insert into mart.dunning_cases (account_id, level_no, overdue, oldest_due, opened_on, last_letter)
    select t.account_id, 1, t.overdue, t.oldest, p_as_of, r.letter
      from t_due t
      left join app.dunning_rules r on r.level_no = 1
     where not exists (select * from mart.dunning_cases c where c.account_id = t.account_id);
    get diagnostics v_n = row_count;
    p_letters := p_letters + v_n;
end;
$$;


create or replace procedure mart.daily_collect(p_as_of date default current_date, p_letters boolean default true, p_note text default null)
language plpgsql
as $$
declare
    n_match  int := 0;
    n_letter int;
    n_closed int;
    v_open   numeric(14,2);
begin
    if extract(isodow from p_as_of) > 5 then
        insert into ctl.collect_log (as_of, note) values (p_as_of, 'weekend');
        return;
    end if;

    call mart.match_payments(p_as_of, n_match);

    if p_letters then
        call mart.update_dunning(p_as_of, n_letter, n_closed);
    end if;

    select sum(open_amount) into v_open from mart.v_open_items;

    if n_match = 0 and coalesce(n_letter, 0) = 0 then
        delete from ctl.collect_log where as_of = p_as_of;      -- nothing new: one line a day is enough
    end if;
    insert into ctl.collect_log
    values (p_as_of, n_match, n_letter, coalesce(v_open, 0),
            coalesce(p_note || '; ', '') || case when n_closed > 0 then n_closed || ' cases closed' else 'no case closed' end);
end;
$$;


-- MRR: a snapshot a month, and how it moved
CREATE OR REPLACE PROCEDURE mart.refresh_mrr(p_month date, p_min_mrr numeric DEFAULT 0)
LANGUAGE plpgsql
AS $$
DECLARE
    v_month   date := date_trunc('month', p_month);
    v_prev    date := date_trunc('month', p_month) - interval '1 month';
    v_has_prev boolean;
BEGIN
    DELETE FROM mart.mrr_movements WHERE month = v_month;
    DELETE FROM mart.mrr_monthly WHERE month = v_month;

    INSERT INTO mart.mrr_monthly
    SELECT v_month, b.account_id,
           sum(b.month_price * b.seats * (1 - b.discount_pct / 100)) AS mrr,
           sum(b.seats),
           string_agg(DISTINCT b.plan_code, '+' ORDER BY b.plan_code)
      FROM app.v_billable_subscriptions b
     WHERE b.started_on <= v_month
       AND coalesce(b.ended_on, 'infinity') > v_month
     GROUP BY b.account_id
    HAVING sum(b.month_price * b.seats * (1 - b.discount_pct / 100)) > p_min_mrr;

    SELECT EXISTS (SELECT FROM mart.mrr_monthly WHERE month = v_prev) INTO v_has_prev;
    IF NOT v_has_prev THEN
        -- first month: everybody is new
        INSERT INTO mart.mrr_movements (month, account_id, kind, delta)
        SELECT month, account_id, 'new', mrr FROM mart.mrr_monthly WHERE month = v_month;
        RETURN;
    END IF;

    INSERT INTO mart.mrr_movements (month, account_id, kind, delta)
    SELECT v_month,
           coalesce(n.account_id, o.account_id),
           CASE
             WHEN o.account_id IS NULL AND EXISTS (SELECT 1 FROM mart.mrr_monthly h
                                                    WHERE h.account_id = n.account_id AND h.month < v_prev)
                  THEN 'reactivation'
             WHEN o.account_id IS NULL THEN 'new'
             WHEN n.account_id IS NULL THEN 'churn'
             WHEN n.mrr > o.mrr THEN 'expansion'
             ELSE 'contraction'
           END::mart.movement_kind,
           coalesce(n.mrr, 0) - coalesce(o.mrr, 0)
      FROM (SELECT * FROM mart.mrr_monthly WHERE month = v_month) n
      FULL JOIN (SELECT * FROM mart.mrr_monthly WHERE month = v_prev) o ON o.account_id = n.account_id
     WHERE n.mrr IS DISTINCT FROM o.mrr;
END;
$$;


-- Health score for the customer success team. Points are arguable, the code is not (ticket CS-1207).
create or replace procedure mart.refresh_health(p_as_of date, p_weights jsonb default '{"late": 20, "usage": 15, "size": 10}')
language plpgsql
as $$
declare
    w_late  numeric := (p_weights ->> 'late')::numeric;
    w_usage numeric := coalesce((p_weights ->> 'usage')::numeric, 0);
    w_size  numeric := coalesce((p_weights ->> 'size')::numeric, 0);
    avg_mrr numeric;
begin
    truncate mart.account_health;

    insert into mart.account_health (account_id, account_code, root_code, computed_on)
    select a.account_id, a.account_code, coalesce(g.account_code, p.account_code, a.account_code), p_as_of
      from app.accounts a
      left join app.accounts p on p.account_id = a.parent_account_id
      left join app.accounts g on g.account_id = p.parent_account_id
     where a.closed_at is null;

    if w_late is not null then
        update mart.account_health
           set score = score - w_late, flags = flags || 'late'::text
         where account_id in (select account_id from mart.dunning_cases where level_no > 1);
        update mart.account_health h
           set flags = array_append(h.flags, 'tagged late')
          from app.accounts a
         where a.account_id = h.account_id
           and not 'late' = any (h.flags)
           and a.tags && array['late', 'slow'];
    end if;

    -- used in the last 30 days?
    update mart.account_health h
       set score = h.score + case when u.units > 1000 then w_usage when u.units > 0 then w_usage / 2 else 0 end,
           facts = jsonb_build_object('units', u.units, 'days', u.days)
      from (select s.account_id, sum(d.units) as units, count(distinct d.usage_date) as days
              from mart.usage_daily d
              join app.subscriptions s using (sub_id)
             where d.usage_date > p_as_of - 30 and d.usage_date <= p_as_of
             group by s.account_id) u
     where u.account_id = h.account_id;

    update mart.account_health set score = score - w_usage, flags = flags || array['silent'] where facts is null;

    select avg(m.mrr) into avg_mrr from mart.mrr_monthly m where m.month = (select max(month) from mart.mrr_monthly where month <= p_as_of);
    if avg_mrr is not null then
        update mart.account_health h
           set score = least(99.9, h.score + w_size), facts = coalesce(facts, '{}') || '{"big": true}'
         where (select sum(m.mrr) from mart.mrr_monthly m
                 where m.account_id = h.account_id
                   and m.month = (select max(month) from mart.mrr_monthly where month <= p_as_of)) > 2 * avg_mrr;
    end if;

    update mart.account_health
       set grade = case when score >= 65 then 'A' when score >= 50 then 'B' when score >= 35 then 'C' else 'D' end;
end;
$$;


create or replace function mart.aging_report(p_as_of date, p_min numeric default 0)
returns table (bucket text, items bigint, amount numeric(12,2), biggest varchar)
language plpgsql
as $$
begin
    return query
    with items as (
        select o.invoice_no, o.open_amount,
               case when o.due_on >= p_as_of then 'not due'
                    when p_as_of - o.due_on <= 30 then '1-30'
                    when p_as_of - o.due_on <= 60 then '31-60'
                    else '60+' end as b
          from mart.v_open_items o
         where o.open_amount >= p_min
    )
    select i.b, count(*), sum(i.open_amount)::numeric(12,2),
           (array_agg(i.invoice_no order by i.open_amount desc, i.invoice_no))[1]
      from items i
     group by i.b;

    return query
    select 'TOTAL', count(*), coalesce(sum(o.open_amount), 0)::numeric(12,2), null::varchar
      from mart.v_open_items o
     where o.open_amount >= p_min;
end;
$$;
