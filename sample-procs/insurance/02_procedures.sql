-- Routines of the insurance warehouse.

create or replace procedure ctl.note(p_routine varchar, p_day date, p_message text, p_n bigint default null)
language sql
begin atomic
    insert into ctl.run_log (routine, business_date, message, n) values (p_routine, p_day, p_message, p_n);
end;


/* ------------------------------------------------------------------------------------------
   load_policy_history
   Slowly changing dimension, row by row, because changes arrive late and several a day.
   HISTORY
     2016-04  RW   created
     2018-09  RW   late changes are put between the versions that are there (before: rejected)
     2021-02  tom  placeholders for agents nobody knows
   ------------------------------------------------------------------------------------------ */
CREATE OR REPLACE PROCEDURE pol.load_policy_history(p_until DATE DEFAULT DATE '2024-01-31')
LANGUAGE plpgsql
AS $$
DECLARE
    c_routine   CONSTANT VARCHAR(40) := 'load_policy_history';
    rec         RECORD;
    v_cur       pol.policy_history%ROWTYPE;
    v_agent     pol.agents.agent_key%TYPE;
    v_from_id   BIGINT;
    v_max_id    BIGINT;
    v_new       INTEGER := 0;
    v_changed   INTEGER := 0;
    v_late      INTEGER := 0;
    v_same      INTEGER := 0;
    v_rejects   INTEGER;
BEGIN
    SELECT last_id INTO v_from_id FROM ctl.watermarks WHERE feed = 'policy_changes';
    IF NOT FOUND THEN
        INSERT INTO ctl.watermarks (feed) VALUES ('policy_changes');
        v_from_id := 0;
    END IF;

    -- what cannot be used is kept apart; seen again, it is counted
    INSERT INTO pol.change_rejects AS cr (change_id, reason, last_seen)
    SELECT c.change_id,
           CASE WHEN c.policy_no IS NULL OR BTRIM(c.policy_no) = '' THEN 'no policy number'
                WHEN c.effective_on IS NULL THEN 'no effective date'
                ELSE 'premium below zero' END,
           p_until
      FROM src.policy_changes c
     WHERE c.received_at < p_until + 1
       AND (   c.policy_no IS NULL OR BTRIM(c.policy_no) = ''
            OR c.effective_on IS NULL
            OR c.premium < 0)                       -- NULL is fine: not known yet
    ON CONFLICT (change_id) DO UPDATE
       SET seen_times = cr.seen_times + 1, last_seen = EXCLUDED.last_seen
     WHERE cr.last_seen < EXCLUDED.last_seen;
    GET DIAGNOSTICS v_rejects = ROW_COUNT;

    FOR rec IN
        SELECT c.change_id,
               UPPER(BTRIM(c.policy_no))            AS policy_no,
               COALESCE(NULLIF(BTRIM(c.agent_code), ''), '?') AS agent_code,
               c.product,
               ROUND(c.premium, 2)                  AS premium,
               CASE LOWER(BTRIM(c.risk)) WHEN 'low' THEN 'low' WHEN 'high' THEN 'high' ELSE 'normal' END::pol.risk_class AS risk,
               c.effective_on
          FROM src.policy_changes c
         WHERE c.change_id > v_from_id
           AND c.received_at < p_until + 1
           AND NOT EXISTS (SELECT 1 FROM pol.change_rejects x WHERE x.change_id = c.change_id)
         ORDER BY c.effective_on, c.change_id
    LOOP
        -- agent: get or create
        SELECT a.agent_key INTO v_agent FROM pol.agents a WHERE a.agent_code = rec.agent_code;
        IF v_agent IS NULL THEN
            INSERT INTO pol.agents (agent_code, first_seen, is_placeholder)
            VALUES (rec.agent_code, rec.effective_on, rec.agent_code = '?')
            RETURNING agent_key INTO v_agent;
        END IF;

        SELECT * INTO v_cur FROM pol.policy_history h WHERE h.policy_no = rec.policy_no AND h.is_current;

        IF NOT FOUND THEN
            INSERT INTO pol.policy_history (policy_no, agent_key, product, premium, risk, valid_from)
            VALUES (rec.policy_no, v_agent, rec.product, rec.premium, rec.risk, rec.effective_on);
            v_new := v_new + 1;
            CONTINUE;
        END IF;

        IF v_cur.product = rec.product
           AND v_cur.premium IS NOT DISTINCT FROM rec.premium
           AND v_cur.risk = rec.risk AND v_cur.agent_key IS NOT DISTINCT FROM v_agent
        THEN
            v_same := v_same + 1;
        ELSIF rec.effective_on < v_cur.valid_from THEN
            -- too late: history is not rewritten, the change is only counted
            v_late := v_late + 1;
        ELSIF rec.effective_on = v_cur.valid_from THEN
            -- second change of a day replaces the first
            UPDATE pol.policy_history
               SET product = rec.product, premium = rec.premium, risk = rec.risk, agent_key = v_agent
             WHERE policy_no = rec.policy_no AND is_current;
            v_changed := v_changed + 1;
        ELSE
            UPDATE pol.policy_history
               SET valid_to = rec.effective_on - 1, is_current = FALSE
             WHERE policy_no = rec.policy_no AND is_current;
            INSERT INTO pol.policy_history (policy_no, agent_key, product, premium, risk, valid_from)
            VALUES (rec.policy_no, v_agent, rec.product, rec.premium, rec.risk, rec.effective_on);
            v_changed := v_changed + 1;
        END IF;
    END LOOP;

    SELECT MAX(change_id) INTO v_max_id
      FROM src.policy_changes
     WHERE received_at < p_until + 1;

    UPDATE ctl.watermarks
       SET last_id = GREATEST(last_id, COALESCE(v_max_id, 0)), moved_on = p_until
     WHERE feed = 'policy_changes';

    CALL ctl.note(c_routine, p_until, 'new', v_new);
    CALL ctl.note(c_routine, p_until, 'changed', v_changed);
    CALL ctl.note(c_routine, p_until, FORMAT('%s late, %s the same', v_late, v_same), v_late + v_same);
    IF v_rejects > 0 THEN
        CALL ctl.note(c_routine, p_until, 'rejected', v_rejects);
    END IF;
    RAISE NOTICE '%: % new, % changed', c_routine, v_new, v_changed;
END;
$$;


-- cash ledger. moved from the AS/400, where it was a COBOL program; the cursor is still the file it read.
create or replace procedure led.post_cash(p_until date, out p_posted int, out p_suspended int, p_strict boolean default false)
language plpgsql as
$body$
declare
  cash cursor (p_day date) for
      select m.movement_id, m.account_no, m.booked_on,
             case m.kind when 'P' then m.amount when 'R' then -m.amount else -m.amount end as signed_amount,
             m.reference, a.account_no as known_account, a.credit_limit, a.closed_on
        from src.cash_movements m
        left join src.accounts a on a.account_no = m.account_no
       where m.booked_on <= p_day
         and not exists (select 1 from led.entries e where e.movement_id = m.movement_id)
         and not exists (select 1 from led.suspense s where s.movement_id = m.movement_id)
       order by m.account_no nulls last, m.booked_on, m.movement_id;
  mv          record;
  last_acct   varchar(10) := '';
  bal         numeric(14,2) := 0;
  seq         int := 0;
  n_over      int := 0;
begin
  p_posted := 0;  p_suspended := 0;

  open cash(p_until);
  loop
    fetch cash into mv;
    exit when not found;

    if mv.known_account is null or mv.signed_amount is null
       or (mv.closed_on is not null and mv.closed_on < mv.booked_on) then
      insert into led.suspense (movement_id, account_no, amount, why)
      values (mv.movement_id, mv.account_no, mv.signed_amount,
              case when mv.known_account is null then 'unknown account'
                   when mv.signed_amount is null then 'no amount' else 'account closed' end);
      p_suspended := p_suspended + 1;
      continue;
    end if;

    if mv.account_no <> last_acct then
      -- next account: its balance from the last run
      select coalesce(sum(b.balance), 0), coalesce(sum(b.movements), 0) into bal, seq
        from led.balances b where b.account_no = mv.account_no;
      last_acct := mv.account_no;
    end if;

    bal := bal + mv.signed_amount;
    seq := seq + 1;
    insert into led.entries (movement_id, account_no, booked_on, amount, balance_after, is_overdrawn, seq_in_account)
    values (mv.movement_id, mv.account_no, mv.booked_on, mv.signed_amount, bal, bal < -coalesce(mv.credit_limit, 0), seq);
    if bal < -coalesce(mv.credit_limit, 0) then n_over := n_over + 1; end if;
    p_posted := p_posted + 1;
  end loop;
  close cash;

  -- balances follow from the entries: last one an account
  insert into led.balances (account_no, balance, movements, last_booked)
  select distinct on (e.account_no) e.account_no, e.balance_after, e.seq_in_account, e.booked_on
    from led.entries e
   order by e.account_no, e.seq_in_account desc
  on conflict (account_no) do update
     set balance = excluded.balance, movements = excluded.movements, last_booked = excluded.last_booked;

  -- accounts without any movement have a balance, too
  insert into led.balances (account_no)
  select a.account_no from src.accounts a
   where a.opened_on <= p_until and not exists (select from led.balances b where b.account_no = a.account_no);

  if p_strict and n_over > 0 then
    call ctl.note('post_cash', p_until, 'overdrawn (strict)', n_over);
  end if;
  call ctl.note('post_cash', p_until, 'posted', p_posted);
  /* call ctl.note('post_cash', p_until, 'suspended', p_suspended);   -- too noisy, 2019 */
end
$body$;


-- One table a region, since the north was sold and came back.
CREATE OR REPLACE PROCEDURE clm.load_claims(inMonth date, inDryRun boolean DEFAULT false)
LANGUAGE plpgsql AS $proc$
DECLARE
	strRegion text;
	strTable  text;
	strSQL    text;
	dFrom     date := date_trunc('month', inMonth)::date;
	dTo       date := (date_trunc('month', inMonth) + interval '1 month')::date;
	nRows     bigint;
	nAll      bigint := 0;
	decSum    numeric;
BEGIN
	IF inMonth IS NULL THEN
		CALL ctl.note('load_claims', NULL, 'no month given');
		RETURN;
	END IF;

	DROP TABLE IF EXISTS tmpClaims;
	CREATE TEMP TABLE tmpClaims AS
	SELECT f.claim_id
	     , max(upper(trim(f.policy_no)))			AS policy_no
	     , CASE WHEN lower(trim(min(f.region))) IN ('north', 'south') THEN lower(trim(min(f.region))) ELSE 'other' END AS region
	     , count(*)::int					AS lines
	     , sum(coalesce(f.amount, 0))			AS amount
	     , (array_agg(f.status ORDER BY CASE f.status WHEN 'disputed' THEN 1 WHEN 'open' THEN 2 ELSE 3 END, f.line_no))[1] AS worst
	FROM src.claims_feed f
	WHERE f.happened_on >= dFrom AND f.happened_on < dTo
	GROUP BY f.claim_id
	HAVING sum(coalesce(f.amount, 0)) <> 0;

	FOREACH strRegion IN ARRAY ARRAY['north', 'south', 'other']
	LOOP
		strTable := 'claims_' || strRegion;
		IF NOT inDryRun THEN
			EXECUTE format('DELETE FROM clm.%I WHERE month = $1', strTable) USING dFrom;
			strSQL := 'INSERT INTO clm.' || quote_ident(strTable)
				|| ' (claim_id, policy_no, month, lines, amount, worst_status)'
				|| ' SELECT t.claim_id, t.policy_no, $1, t.lines, t.amount, t.worst FROM tmpClaims t'
				|| ' WHERE t.region = ' || quote_literal(strRegion)
				-- a claim that moved to another month stays where it was first
				|| ' AND NOT EXISTS (SELECT 1 FROM clm.' || quote_ident(strTable) || ' x WHERE x.claim_id = t.claim_id)';
			EXECUTE strSQL USING dFrom;
		END IF;
		EXECUTE format('SELECT count(*), coalesce(sum(amount), 0) FROM clm.%I WHERE month = %L', strTable, dFrom) INTO nRows, decSum;
		nAll := nAll + nRows;

		UPDATE clm.month_totals SET claims = nRows, amount = decSum WHERE month = dFrom AND region = strRegion;
		IF NOT FOUND THEN
			INSERT INTO clm.month_totals VALUES (dFrom, strRegion, nRows, decSum);
		END IF;
	END LOOP;

	CALL ctl.note('load_claims', dFrom, CASE WHEN inDryRun THEN 'dry run' ELSE 'loaded' END, nAll);
END
$proc$;


create or replace procedure rpt.refresh_exposure(p_as_of date)
language plpgsql as $$
-- rows of the day are made again; those that somebody corrected by hand stay
declare
    v_rows bigint;
begin
    delete from rpt.exposure where as_of = p_as_of and source <> 'manual';

    insert into rpt.exposure (as_of, product, policies, premium, paid, loss_ratio)
    with valid as (
        select h.policy_no, h.product, h.premium
        from pol.policy_history h
        where h.valid_from <= p_as_of and (h.valid_to is null or h.valid_to >= p_as_of)
    ),
    paid as (
        select c.policy_no, sum(c.amount) as paid
        from (
            select policy_no, amount from clm.claims_north where month <= p_as_of
            union all
            select policy_no, amount from clm.claims_south where month <= p_as_of
            union all
            select policy_no, amount from clm.claims_other where month <= p_as_of
        ) c
        group by c.policy_no
    )
    select p_as_of, v.product, count(*), coalesce(sum(v.premium), 0), sum(p.paid),
        round(sum(p.paid) / nullif(sum(v.premium), 0), 4)
    from valid v
    left join paid p on p.policy_no = v.policy_no
    where not exists (select 1 from rpt.exposure e where e.as_of = p_as_of and e.product = v.product)
    group by v.product;

    select count(*) into v_rows from rpt.exposure where as_of = p_as_of;
    call ctl.note('refresh_exposure', p_as_of, 'done', v_rows);
end $$;


create or replace procedure rpt.correct_exposure(p_as_of date, p_product varchar, p_factor numeric default 1.0)
language plpgsql as $$
declare
    n integer;
begin
    if p_factor is null or p_factor <= 0 then
        call ctl.note('correct_exposure', p_as_of, 'bad factor: ' || coalesce(p_factor::text, 'null'));
        return;
    end if;
    update rpt.exposure
    set premium = premium * p_factor,
        loss_ratio = round(paid / nullif(premium * p_factor, 0), 4),
        source = 'manual'
    where as_of = p_as_of and (p_product is null or product = p_product);
    get diagnostics n = row_count;
    if n = 0 then
        insert into rpt.exposure (as_of, product, policies, premium, source)
        select p_as_of, coalesce(p_product, 'ALL'), 0, 0, 'manual'
        where not exists (select 1 from rpt.exposure where as_of = p_as_of and product = coalesce(p_product, 'ALL'));
    end if;
    call ctl.note('correct_exposure', p_as_of, 'rows', n);
end $$;
