-- Retail warehouse, the routines. Several people wrote here over the years.

create or replace procedure audit.log_step(
    p_job    varchar,
    p_step   varchar,
    p_rows   bigint,
    p_status varchar default 'OK'
)
language plpgsql
as $$
begin
    insert into audit.job_log (job_name, step_name, row_count, status)
    values (p_job, p_step, p_rows, p_status);
end;
$$;


-- =============================================================================================
--  LOAD_STORES / LOAD_CUSTOMERS                                                    K. MARTIN 2016
-- =============================================================================================
CREATE OR REPLACE PROCEDURE ETL.LOAD_STORES (P_DEFAULT_REGION VARCHAR DEFAULT 'UNASSIGNED')
LANGUAGE PLPGSQL
AS $BODY$
DECLARE
    N_UPD BIGINT := 0;
    N_INS BIGINT := 0;
BEGIN
    /* FIRST THE KNOWN ONES ... */
    UPDATE DW.DIM_STORE AS D
       SET STORE_NAME  = LEFT(BTRIM(S.STORE_NAME), 40),
           REGION_NAME = CASE UPPER(BTRIM(S.REGION_CODE))
                              WHEN 'N' THEN 'NORTH'
                              WHEN 'S' THEN 'SOUTH'
                              WHEN 'E' THEN 'EAST'
                              WHEN 'W' THEN 'WEST'
                              ELSE P_DEFAULT_REGION
                         END,
           IS_OPEN     = (S.CLOSED_ON IS NULL),
           SIZE_CLASS  = CASE WHEN S.SQM IS NULL THEN NULL
                              WHEN S.SQM < 500   THEN 'S'
                              WHEN S.SQM < 1500  THEN 'M'
                              WHEN S.SQM < 3000  THEN 'L'
                              ELSE 'X' END
      FROM RAW.STORES AS S
     WHERE S.STORE_CODE = D.STORE_CODE;
    GET DIAGNOSTICS N_UPD = ROW_COUNT;

    /* ... THEN THE NEW ONES */
    INSERT INTO DW.DIM_STORE (STORE_CODE, STORE_NAME, REGION_NAME, IS_OPEN, SIZE_CLASS)
    SELECT S.STORE_CODE,
           LEFT(BTRIM(S.STORE_NAME), 40),
           CASE UPPER(BTRIM(S.REGION_CODE))
                WHEN 'N' THEN 'NORTH' WHEN 'S' THEN 'SOUTH' WHEN 'E' THEN 'EAST' WHEN 'W' THEN 'WEST'
                ELSE P_DEFAULT_REGION END,
           S.CLOSED_ON IS NULL,
           CASE WHEN S.SQM IS NULL THEN NULL WHEN S.SQM < 500 THEN 'S' WHEN S.SQM < 1500 THEN 'M'
                WHEN S.SQM < 3000 THEN 'L' ELSE 'X' END
      FROM RAW.STORES S
     WHERE NOT EXISTS (SELECT 1 FROM DW.DIM_STORE D WHERE D.STORE_CODE = S.STORE_CODE);
    GET DIAGNOSTICS N_INS = ROW_COUNT;

    CALL AUDIT.LOG_STEP('LOAD_SALES', 'STORES', N_UPD + N_INS);
END;
$BODY$;


CREATE OR REPLACE PROCEDURE ETL.LOAD_CUSTOMERS (
    P_ONLY_CHANGED  BOOLEAN,
    INOUT P_UPDATED BIGINT,
    INOUT P_INSERTED BIGINT
)
LANGUAGE PLPGSQL
AS $BODY$
DECLARE
    V_TODAY CONSTANT DATE := DATE '2024-07-01';   -- AGE BANDS ARE FROZEN PER HALF-YEAR (REQUEST OF MARKETING)
BEGIN
    DROP TABLE IF EXISTS TMP_CUSTOMERS;

    -- THE FEED SENDS CUSTOMERS SEVERAL TIMES: THE LATEST WINS, ON A TIE THE LAST ROW SENT
    CREATE TEMP TABLE TMP_CUSTOMERS AS
    SELECT DISTINCT ON (BTRIM(R.CUSTOMER_NO))
           BTRIM(R.CUSTOMER_NO)                                             AS CUSTOMER_NO,
           NULLIF(INITCAP(REGEXP_REPLACE(BTRIM(R.FULL_NAME), '\s+', ' ', 'g')), '') AS FULL_NAME,
           CASE WHEN POSITION('@' IN R.EMAIL) > 1 THEN LOWER(R.EMAIL) END   AS EMAIL,
           CASE WHEN R.BIRTH_DATE IS NULL OR R.BIRTH_DATE > V_TODAY THEN 'UNKNOWN'
                WHEN R.BIRTH_DATE > V_TODAY - INTERVAL '25 YEARS' THEN '-24'
                WHEN R.BIRTH_DATE > V_TODAY - INTERVAL '45 YEARS' THEN '25-44'
                WHEN R.BIRTH_DATE > V_TODAY - INTERVAL '65 YEARS' THEN '45-64'
                ELSE '65+' END                                              AS AGE_BAND,
           CASE WHEN UPPER(R.COUNTRY_CODE) IN ('DE', 'FR', 'AT') THEN UPPER(R.COUNTRY_CODE)
                WHEN R.COUNTRY_CODE = 'NLD' THEN 'NL'
                ELSE 'ZZ' END                                               AS COUNTRY_CODE,
           CASE UPPER(BTRIM(R.TIER_CODE))
                WHEN 'GOLD'   THEN 'GOLD'
                WHEN 'SILVER' THEN 'SILVER'
                WHEN 'BRONZE' THEN 'BRONZE'
                ELSE 'NONE' END::DW.LOYALTY_TIER                            AS TIER
      FROM RAW.CUSTOMERS R
     WHERE BTRIM(R.CUSTOMER_NO) <> ''            -- DROPS THE NULLS, TOO
     ORDER BY BTRIM(R.CUSTOMER_NO), R.UPDATED_AT DESC NULLS LAST, R.ROW_ID DESC;

    IF P_ONLY_CHANGED THEN
        -- ROWS THAT ARE THE SAME NEED NO UPDATE (AND KEEP THEIR VERSION NUMBER)
        DELETE FROM TMP_CUSTOMERS T
         USING DW.DIM_CUSTOMER D
         WHERE D.CUSTOMER_NO  = T.CUSTOMER_NO
           AND D.FULL_NAME    IS NOT DISTINCT FROM LEFT(T.FULL_NAME, 50)
           AND D.EMAIL        IS NOT DISTINCT FROM T.EMAIL
           AND D.AGE_BAND     IS NOT DISTINCT FROM T.AGE_BAND
           AND D.COUNTRY_CODE = T.COUNTRY_CODE
           AND D.TIER         = T.TIER
           AND NOT D.IS_INFERRED;
    END IF;

    UPDATE DW.DIM_CUSTOMER D
       SET FULL_NAME    = LEFT(T.FULL_NAME, 50),
           EMAIL        = T.EMAIL,
           AGE_BAND     = T.AGE_BAND,
           COUNTRY_CODE = T.COUNTRY_CODE,
           TIER         = T.TIER,
           IS_INFERRED  = FALSE,
           VERSION_NO   = D.VERSION_NO + 1,
           CHANGED_AT   = NOW()
      FROM TMP_CUSTOMERS T
     WHERE T.CUSTOMER_NO = D.CUSTOMER_NO;
    GET DIAGNOSTICS P_UPDATED = ROW_COUNT;

    INSERT INTO DW.DIM_CUSTOMER (CUSTOMER_NO, FULL_NAME, EMAIL, AGE_BAND, COUNTRY_CODE, TIER)
    SELECT T.CUSTOMER_NO, LEFT(T.FULL_NAME, 50), T.EMAIL, T.AGE_BAND, T.COUNTRY_CODE, T.TIER
      FROM TMP_CUSTOMERS T
      LEFT JOIN DW.DIM_CUSTOMER D ON D.CUSTOMER_NO = T.CUSTOMER_NO
     WHERE D.CUSTOMER_NO IS NULL
     ORDER BY T.CUSTOMER_NO;
    GET DIAGNOSTICS P_INSERTED = ROW_COUNT;

    DROP TABLE TMP_CUSTOMERS;
END;
$BODY$;


-- products: the catalogue team's feed. lower case please. /pk
create or replace procedure etl.load_products(
      in  p_min_price numeric
    , out o_rows      bigint
)
language plpgsql
as $$
declare
    l_bad bigint;
begin
    drop table if exists pg_temp.tmp_products;
    create temp table tmp_products (
          product_id    integer primary key
        , sku           varchar(20)
        , product_name  varchar(60)
        , category_code varchar(8)
        , colour        varchar(12)
        , list_price    numeric(10,2)
        , cost_price    numeric(10,2)   -- the feed has four decimals, we keep cents
        , is_active     boolean default true
        , price_rank    integer
    );

    insert into tmp_products (product_id, sku, product_name, category_code, colour, list_price, cost_price, is_active)
    select p.product_id
         , coalesce(upper(trim(p.sku)), 'NOSKU-' || p.product_id)
         , left(nullif(p.product_name, ''), 60)
         , coalesce(nullif(upper(trim(p.category_code)), ''), 'MISC')
         , lower(p.attrs ->> 'colour')
         , p.list_price
         , coalesce(p.cost_price, p.list_price * 0.6)
         , p.is_active and not coalesce(p.attrs @> '{"weight": 13}'::jsonb, false)   -- unlucky ones were recalled
      from raw.products p;

    -- prices nobody believes
    update tmp_products
       set list_price = null
         , is_active = false
     where list_price < p_min_price;
    get diagnostics l_bad = row_count;

    if l_bad > 0 then
        raise notice 'products with an impossible price: %', l_bad;
    end if;

    -- rank in the category, the dearest first
    update tmp_products t
       set price_rank = r.rn
      from (
            select product_id
                 , row_number() over (partition by category_code order by list_price desc nulls last, product_id) as rn
              from tmp_products
             where is_active
           ) r
     where r.product_id = t.product_id;

    merge into dw.dim_product d
    using tmp_products t
       on d.product_id = t.product_id
     when matched and (d.sku, d.product_name, d.category_code, d.colour, d.list_price, d.cost_price, d.is_active, d.price_rank)
                      is distinct from
                      (t.sku, t.product_name, t.category_code, t.colour, t.list_price, t.cost_price, t.is_active, t.price_rank) then
          update set sku = t.sku
                   , product_name = t.product_name
                   , category_code = t.category_code
                   , colour = t.colour
                   , list_price = t.list_price
                   , cost_price = t.cost_price
                   , is_active = t.is_active
                   , price_rank = t.price_rank
     when not matched then
          insert (product_id, sku, product_name, category_code, colour, list_price, cost_price, is_active, price_rank)
          values (t.product_id, t.sku, t.product_name, t.category_code, t.colour, t.list_price, t.cost_price, t.is_active, t.price_rank);
    get diagnostics o_rows = row_count;
end;
$$;


create or replace procedure etl.stage_sales(
    IN  pdtFrom      timestamp with time zone,
    IN  pdtTo        timestamp with time zone,
    OUT plngStaged   bigint,
    OUT plngRejected bigint
)
language plpgsql as
$proc$
-- Stage the order lines of a window, put aside what cannot be loaded.
Declare
    strBase     Constant char(3) := 'EUR';
    lngBonus    bigint := 0;
    intMaxQty   integer;
    blnStrict   boolean := true;
Begin
    Truncate Table stg.sales_lines;

    Insert Into stg.sales_lines
          (order_id, line_no, sales_date, customer_no, store_code, product_id, qty, unit_price_eur, discount_pct, state)
    Select o.order_id,
           l.line_no,
           (o.order_ts At Time Zone 'Europe/Berlin')::date,
           nullif(btrim(o.customer_no), ''),
           o.store_code,
           l.product_id,
           l.qty,
           l.unit_price * (Case When coalesce(o.currency, strBase) = strBase Then 1 Else fx.rate End),   -- rounds to cents
           l.discount_pct,
           (Case lower(btrim(o.status))
                When 'shipped'   Then 'shipped'
                When 'open'      Then 'open'
                When 'cancelled' Then 'cancelled'
                Else 'unknown'
            End)::dw.sale_state
      From raw.orders o
      Join raw.order_lines l On l.order_id = o.order_id
      Left Join Lateral (
            -- no rates at the weekend: the last one known that day
            Select r.rate
              From raw.fx_rates r
             Where r.currency = o.currency
               And r.rate_date <= (o.order_ts At Time Zone 'UTC')::date
             Order By r.rate_date Desc
             Limit 1
           ) fx On true
     Where o.order_ts >= pdtFrom
       And o.order_ts < pdtTo;

    -- First reason wins
    Update stg.sales_lines
       Set remark = Case
                      When product_id Is Null
                        Or product_id Not In (Select d.product_id From dw.dim_product d) Then 'NO_PRODUCT'
                      When qty Is Null Or qty = 0 Then 'BAD_QTY'
                      When unit_price_eur Is Null Then 'NO_RATE'
                      When unit_price_eur <= 0 Then 'BAD_PRICE'
                      When sales_date > (pdtTo At Time Zone 'UTC')::date Then 'FUTURE'
                    End;

    If blnStrict Then
        Delete From stg.rejected_lines x
         Using stg.sales_lines s
         Where s.order_id = x.order_id And s.line_no = x.line_no;
    End If;

    Insert Into stg.rejected_lines (order_id, line_no, reason_code)
    Select order_id, line_no, remark From stg.sales_lines Where remark Is Not Null
    Union All
    -- lines whose order never came; they have no date, so they are said once
    Select l.order_id, l.line_no, 'NO_HEADER'
      From raw.order_lines l
     Where Not Exists (Select From raw.orders o Where o.order_id = l.order_id)
       And Not Exists (Select From stg.rejected_lines y
                        Where y.order_id = l.order_id And y.line_no = l.line_no);
    Get Diagnostics plngRejected = Row_Count;

    Delete From stg.sales_lines Where remark Is Not Null;

    -- The best promotion of the day goes on top. Category-less promotions hold for all.
    Update stg.sales_lines s
       Set bonus_pct = (Select max(p.bonus_pct)
                          From raw.promotions p
                          Join dw.dim_product d On d.product_id = s.product_id
                         Where (p.category_code Is Null Or p.category_code = d.category_code)
                           And s.sales_date >= p.valid_from
                           And (p.valid_to Is Null Or s.sales_date <= p.valid_to))
     Where s.state <> 'cancelled';
    Update stg.sales_lines Set bonus_pct = Default Where bonus_pct Is Null;

    Select count(*), max(qty) Into plngStaged, intMaxQty From stg.sales_lines;
    Select count(*) Into lngBonus From stg.sales_lines Where bonus_pct > 0;
    Raise Notice 'staged %, rejected %, with bonus %, greatest quantity %', plngStaged, plngRejected, lngBonus, intMaxQty;
End
$proc$;


-- Der Hauptlauf: Verkäufe laden.
create or replace procedure etl.load_sales(
    p_date       date    default current_date,
    p_redo_days  integer default 0,
    p_full       boolean default false
)
language plpgsql
as $$
declare
    v_job       constant varchar(40) := 'LOAD_SALES';
    v_from      timestamptz;
    v_to        timestamptz;
    v_run       bigint;
    v_status    varchar(10);
    v_upd       bigint;
    v_ins       bigint := 0;
    v_products  bigint;
    v_staged    bigint;
    v_rejected  bigint;
    v_rows      bigint;
    v_first_day date;
begin
    -- Which window do we load? The watermark says until where we became data already ("bis ausschliesslich").
    v_to := (p_date + 1)::timestamp at time zone 'UTC';

    select c.watermark, c.run_count + 1, c.last_status
      into v_from, v_run, v_status
      from etl.control c
     where c.job_name = v_job;

    if not found then
        -- Somebody has emptied the control table again. We begin from the far past.
        insert into etl.control (job_name, watermark) values (v_job, null);
        v_run  := 1;
        v_from := timestamptz '1970-01-01 00:00:00+00';
    elsif p_full then
        v_from := timestamptz '1970-01-01 00:00:00+00';
    elsif v_from is null then
        v_from := timestamptz '1970-01-01 00:00:00+00';
    end if;

    -- Redo some days (Nachzügler: shops that send late)
    if p_redo_days > 0 and not p_full then
        v_from := (v_from at time zone 'UTC' - make_interval(days => p_redo_days)) at time zone 'UTC';
    end if;

    if v_from >= v_to then
        raise notice 'Nothing to do, watermark % is behind the date %', v_from, p_date;
        update etl.control
           set last_status = 'SKIPPED', last_run_at = now()
         where job_name = v_job;
        call audit.log_step(v_job, 'SKIP', 0, 'SKIPPED');
        return;
    end if;

    update etl.control set last_status = 'RUNNING' where job_name = v_job;
    commit;   -- that the monitoring sees it

    -- Stammdaten (master data)
    call etl.load_stores();
    call etl.load_customers(not p_full, v_upd, v_ins);
    call audit.log_step(v_job, 'CUSTOMERS', v_upd + v_ins);
    call etl.load_products(0.01, v_products);
    call audit.log_step(v_job, 'PRODUCTS', v_products);

    -- Bewegungsdaten (transactions)
    call etl.stage_sales(v_from, v_to, v_staged, v_rejected);
    call audit.log_step(v_job, 'STAGED', v_staged);
    call audit.log_step(p_job => v_job, p_step => 'REJECTED', p_rows => v_rejected,
                        p_status => case when v_rejected > 0 then 'WARN' else 'OK' end);

    if v_staged = 0 then
        update etl.control
           set last_status = 'EMPTY', watermark = greatest(watermark, v_to), run_count = v_run, last_run_at = now()
         where job_name = v_job;
        return;
    end if;

    -- Customers which we not know get an "inferred member", so that the sum stays right.
    insert into dw.dim_customer (customer_no, is_inferred)
    select distinct s.customer_no, true
      from stg.sales_lines s
     where s.customer_no is not null
       and not exists (select 1 from dw.dim_customer d where d.customer_no = s.customer_no)
     order by s.customer_no;
    get diagnostics v_rows = row_count;
    call audit.log_step(v_job, 'INFERRED', v_rows);

    -- Upsert by hand: update first, then insert. Gross is quantity times price, the discounts are added ("addiert, nicht verkettet").
    drop table if exists tmp_fact;
    create temp table tmp_fact as
    with priced as (
        select s.order_id, s.line_no, s.sales_date, s.store_code, s.product_id, s.qty, s.state,
               coalesce(d.customer_key, -1) as customer_key,
               round(s.qty * s.unit_price_eur, 2) as gross,
               least(coalesce(s.discount_pct, 0) + /* the bonus comes on top, at most half of the price */ s.bonus_pct, 50) as pct
          from stg.sales_lines s
          left join dw.dim_customer d on d.customer_no = s.customer_no
    )
    select p.*, round(p.gross * p.pct / 100, 2) as discount
      from priced p;

    update dw.fact_sales f
       set sales_date   = t.sales_date,
           customer_key = t.customer_key,
           store_code   = t.store_code,
           product_id   = t.product_id,
           qty          = t.qty,
           gross_eur    = t.gross,
           discount_eur = t.discount,
           state        = t.state,
           load_run     = v_run
      from tmp_fact t
     where t.order_id = f.order_id
       and t.line_no = f.line_no
       and (f.sales_date, f.customer_key, f.product_id, f.qty, f.gross_eur, f.discount_eur, f.state, coalesce(f.store_code, ''))
           is distinct from
           (t.sales_date, t.customer_key, t.product_id, t.qty, t.gross, t.discount, t.state, coalesce(t.store_code, ''));
    get diagnostics v_upd = row_count;

    insert into dw.fact_sales (order_id, line_no, sales_date, customer_key, store_code, product_id, qty, gross_eur, discount_eur, state, load_run)
    select t.order_id, t.line_no, t.sales_date, t.customer_key, t.store_code, t.product_id, t.qty, t.gross, t.discount, t.state, v_run
      from tmp_fact t
     where not exists (select null from dw.fact_sales f where f.order_id = t.order_id and f.line_no = t.line_no);
    get diagnostics v_ins = row_count;
    call audit.log_step(v_job, 'FACT_UPD', v_upd);
    call audit.log_step(v_job, 'FACT_INS', v_ins);

    -- Orders that were in the window and have vanished at the source vanish here also (fact_returns follow by cascade).
    delete from dw.fact_sales f
     where f.sales_date >= (v_from at time zone 'UTC')::date
       and not exists (select 1 from raw.orders o where o.order_id = f.order_id);

    -- Retouren. Only for lines that we have.
    insert into dw.fact_returns (return_id, order_id, line_no, returned_on, qty, refund_eur, reason_group)
    select r.return_id, r.order_id, r.line_no, r.returned_on,
           least(r.qty, f.qty),
           f.net_eur / f.qty * least(r.qty, f.qty),
           case when r.reason ilike '%damag%' or r.reason ~* '\ybroken\y' then 'DAMAGED'
                when lower(r.reason) like 'too %' then 'SIZE'
                when coalesce(r.reason, '') = '' then 'NONE'
                else 'OTHER' end
      from raw.returns r
      join dw.fact_sales f on f.order_id = r.order_id and f.line_no = r.line_no
     where r.qty > 0 and f.qty > 0
       and r.returned_on is not null
    on conflict (return_id) do update
       set returned_on  = excluded.returned_on,
           qty          = excluded.qty,
           refund_eur   = excluded.refund_eur,
           reason_group = excluded.reason_group
     where (fact_returns.returned_on, fact_returns.qty, fact_returns.refund_eur, fact_returns.reason_group)
           is distinct from (excluded.returned_on, excluded.qty, excluded.refund_eur, excluded.reason_group);

    -- Tagesaggregat: running sums go on, so everything from the first touched day must be made new.
    select min(sales_date) into v_first_day from tmp_fact;
    delete from dw.agg_daily_sales where sales_date >= v_first_day;

    insert into dw.agg_daily_sales (sales_date, store_code, orders, pieces, net_eur, running_eur, share_pct)
    with days as (
        select f.sales_date, coalesce(f.store_code, '?') as store, count(distinct f.order_id) as orders,
               sum(f.qty) as pieces, sum(f.net_eur) as net
          from dw.fact_sales f
         where f.state in ('open', 'shipped')
         group by 1, 2
    ), running as (
        select days.*,
               sum(net) over (partition by store order by sales_date) as run_net,
               sum(greatest(net, 0)) over (partition by sales_date) as day_net
          from days
    )
    select sales_date, store, orders, pieces, net, run_net,
           greatest(net, 0) * 100 / nullif(day_net, 0)
      from running
     where sales_date >= v_first_day;
    get diagnostics v_rows = row_count;
    call audit.log_step(v_job, 'AGG', v_rows);

    update etl.control
       set watermark   = greatest(coalesce(watermark, v_to), v_to),
           run_count   = v_run,
           last_status = 'OK',
           last_run_at = now()
     where job_name = v_job;

    drop table if exists tmp_fact;
    raise notice 'run % done: % updated, % inserted', v_run, v_upd, v_ins;
end;
$$;


/* ---------------------------------------------------------------------------------------------
   Stock. Started by M., finished by J., "temporary" since 2019.
   --------------------------------------------------------------------------------------------- */
Create Or Replace Procedure etl.snapshot_stock(p_business_date date, p_force boolean default false,
                                               INOUT p_rows integer default 0)
Language plpgsql
As $fn$
DECLARE
    v_exists  boolean;
    v_unused  text := 'todo: take from config';
    v_max_age integer := 30;
BEGIN
    p_rows := 0;
    select exists (select 1 from dw.stock_snapshot where snapshot_date = p_business_date) into v_exists;
    if v_exists and not p_force then
        raise notice 'snapshot % is there already', p_business_date;
        return;
    end if;

    delete from dw.stock_snapshot where snapshot_date = p_business_date;

    -- insert into dw.stock_snapshot
    -- select p_business_date, store_code, product_id, sum(qty) from raw.stock_counts group by 1, 2, 3;   -- WRONG, counts are absolute
    INSERT INTO dw.stock_snapshot (snapshot_date, store_code, product_id, qty, stock_value, days_old)
    SELECT p_business_date, c.store_code, c.product_id, c.qty, c.qty * p.cost_price, p_business_date - c.counted_on
    FROM (
        select sc.*, row_number() over (partition by sc.store_code, sc.product_id
                                        order by sc.counted_on desc, sc.count_id desc) rn   -- the last count
        from raw.stock_counts sc
        where sc.counted_on <= p_business_date
          and sc.qty is not null
    ) c
    LEFT JOIN dw.dim_product p ON p.product_id = c.product_id
    WHERE c.rn = 1
      /* and c.qty >= 0 -- they want to see the negative ones */
      ;
    GET DIAGNOSTICS p_rows = ROW_COUNT;

    if false then
        -- the old way, kept for the auditors
        delete from dw.stock_snapshot where qty < 0;
    end if;

    UPDATE dw.stock_snapshot
    SET is_stale = (days_old > v_max_age), qty = greatest(qty, 0)
    WHERE snapshot_date = p_business_date AND (days_old > v_max_age OR qty < 0);

    -- keep the last 60 days and every month's last day
    DELETE FROM dw.stock_snapshot s
    WHERE s.snapshot_date < p_business_date - 60
      AND s.snapshot_date <> (date_trunc('month', s.snapshot_date) + interval '1 month' - interval '1 day')::date;
END
$fn$;


create or replace procedure etl.raise_stock_alerts(p_business_date date, p_limit integer, INOUT p_alerts integer)
language plpgsql as $fn$
declare
    n_new integer;
begin
    /* low stock in an open store, of something that sells */
    update dw.stock_alerts a
       set last_raised  = p_business_date,
           times_raised = a.times_raised + 1,
           severity     = case when s.qty = 0 then 'H' when s.qty <= p_limit / 2 then 'M' else 'L' end
      from dw.stock_snapshot s
     where s.snapshot_date = p_business_date
       and s.store_code = a.store_code and s.product_id = a.product_id
       and s.qty <= p_limit
       and a.last_raised < p_business_date;
    GET DIAGNOSTICS p_alerts = ROW_COUNT;

    insert into dw.stock_alerts (store_code, product_id, first_raised, last_raised, severity)
    select s.store_code, s.product_id, p_business_date, p_business_date,
           case when s.qty = 0 then 'H' when s.qty <= p_limit / 2 then 'M' else 'L' end
      from dw.stock_snapshot s
      join raw.v_open_stores o on o.store_code = s.store_code
     where s.snapshot_date = p_business_date
       and s.qty <= p_limit
       and exists (select 1 from dw.dim_product p where p.product_id = s.product_id and p.is_active)
    on conflict (store_code, product_id) do nothing;
    GET DIAGNOSTICS n_new = ROW_COUNT;
    p_alerts := p_alerts + n_new;

    -- solved ones go
    delete from dw.stock_alerts a
     where exists (select 1 from dw.stock_snapshot s
                    where s.snapshot_date = p_business_date and s.store_code = a.store_code
                      and s.product_id = a.product_id and s.qty > p_limit)
        or a.store_code not in (select v.store_code from raw.v_open_stores v);
end $fn$;


create or replace procedure etl.nightly_stock(p_business_date date, p_limit integer default 5, p_force boolean default false)
language plpgsql as $fn$
declare
    v_rows   integer := 0;
    v_alerts integer := 0;
begin
    call etl.snapshot_stock(p_business_date, p_force, v_rows);
    if v_rows = 0 then
        insert into audit.stock_log (snapshot_date, action, rows_written) values (p_business_date, 'nothing', 0);
        return;
    end if;
    commit;
    call etl.raise_stock_alerts(p_business_date, p_limit, v_alerts);

    case
        when v_alerts = 0 then
            insert into audit.stock_log values (p_business_date, 'calm', v_rows, 0);
        when v_alerts < 1000 then
            insert into audit.stock_log values (p_business_date, 'alerts', v_rows, v_alerts);
        else
            insert into audit.stock_log (snapshot_date, action, rows_written, rows_alerted)
            values (p_business_date, 'too many: ' || v_alerts || ' alerts', v_rows, v_alerts);
    end case;
end $fn$;


-- Recency / frequency / monetary, after the marketing department's slide 14
create or replace procedure etl.refresh_rfm(p_as_of date default current_date - 1, p_bands int default 5, p_scheme text default 'standard')
language plpgsql
as $$
declare
  cutoff date := p_as_of - 365;
  total  int;
begin
  truncate dw.customer_rfm;

  insert into dw.customer_rfm (customer_no, as_of, last_order, recency_days, frequency, monetary)
  select c.customer_no, p_as_of, max(f.sales_date), p_as_of - max(f.sales_date), count(distinct f.order_id), sum(f.net_eur)
    from dw.fact_sales f
    join dw.dim_customer c using (customer_key)
   where f.sales_date between cutoff and p_as_of
     and f.state not in ('cancelled', 'unknown')
     and c.customer_key > 0
   group by c.customer_no
  having sum(f.net_eur) > 0;

  if not found then
    return;
  end if;
  select count(*) into total from dw.customer_rfm;

  if total < p_bands then
    update dw.customer_rfm set r_score = 1, f_score = 1, m_score = 1, rfm_code = '1-1-1', segment = 'TOO FEW';
    return;
  end if;

  with scored as (
    select customer_no
         , ntile(p_bands) over (order by last_order, customer_no)          as r
         , ntile(p_bands) over (order by frequency, monetary, customer_no) as f
         , ntile(p_bands) over (order by monetary, customer_no)            as m
      from dw.customer_rfm
  )
  update dw.customer_rfm t
     set r_score = s.r, f_score = s.f, m_score = s.m
       , rfm_code = concat_ws('-', s.r, s.f, s.m)
    from scored s
   where s.customer_no = t.customer_no;

  case p_scheme
    when 'standard' then
      update dw.customer_rfm
         set segment = case
                         when r_score = p_bands and f_score = p_bands then 'CHAMPION'
                         when r_score >= p_bands - 1 and m_score >= p_bands - 1 then 'BIG SPENDER'
                         when f_score * 2 > p_bands then 'LOYAL'
                         when r_score = 1 then 'LOST'
                         else 'REGULAR'
                       end;
    when 'simple', 'short' then
      update dw.customer_rfm
         set segment = substr('ABCDEFGHIJ', p_bands - (r_score + f_score + m_score) / 3 + 1, 1);
    else
      null;  -- codes only
  end case;
end;
$$;


create or replace function etl.sales_report(p_from date, p_to date, p_region varchar default null)
returns table (line_kind text, region varchar, category varchar, pieces bigint, net numeric, customers bigint, share numeric)
language plpgsql stable
as $$
begin
    return query
    select 'detail'::text, coalesce(v.region_name, 'ONLINE')::varchar, v.category_code, sum(v.qty)::bigint,
           sum(v.net_eur), count(distinct v.customer_no),
           round(100 * sum(v.net_eur) / nullif(sum(sum(v.net_eur)) over (partition by v.region_name), 0), 2)
      from dw.v_sales_enriched v
     where v.sales_date between p_from and p_to
       and (p_region is null or v.region_name = p_region)
     group by v.region_name, v.category_code;

    if p_region is null then
        return query
        select 'total'::text, null::varchar, null::varchar, coalesce(sum(v.qty), 0)::bigint, sum(v.net_eur),
               count(distinct v.customer_no), 100.00
          from dw.v_sales_enriched v
         where v.sales_date between p_from and p_to;
    end if;
end;
$$;
