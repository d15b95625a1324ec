create or replace function etl.isnull(a numeric, b numeric) returns numeric language sql immutable as 'select case when a is null then b else a end';
CREATE OR REPLACE PROCEDURE etl.usp_load(p_dt date, INOUT p_rc int DEFAULT 0, p_debug boolean DEFAULT false)
LANGUAGE plpgsql AS $$
DECLARE
  _i int := 1; _max int; _region varchar(3); _amt numeric(18,2); _list varchar(50) := ''; _period char(6) := to_char(p_dt, 'YYYYMM');
BEGIN
  CREATE TEMP TABLE tmp_r (rid int GENERATED ALWAYS AS IDENTITY, region varchar(3), amt numeric(18,2)) ON COMMIT DROP;
  INSERT INTO tmp_r (region, amt)
  SELECT COALESCE(region, 'UNK'), SUM(etl.isnull(amt, 0)) FROM src.sales
   WHERE dt BETWEEN date_trunc('month', p_dt) AND p_dt GROUP BY COALESCE(region, 'UNK') ORDER BY 1;
  SELECT MAX(rid) INTO _max FROM tmp_r;
  DELETE FROM dbo.target WHERE period = _period;
  WHILE _i <= COALESCE(_max, 0) LOOP
    SELECT region, amt INTO _region, _amt FROM tmp_r WHERE rid = _i;
    IF _amt <> 0 THEN
      INSERT INTO dbo.target (region, period, amt) VALUES (_region, _period, _amt);
      _list := _list || CASE WHEN _list = '' THEN '' ELSE ',' END || _region;
    ELSE
      INSERT INTO dbo.msgs (msg) VALUES ('no sales in ' || _region);
    END IF;
    _i := _i + 1;
  END LOOP;
  UPDATE dbo.target t SET rnk = x.r FROM (SELECT region, RANK() OVER (ORDER BY amt DESC) AS r FROM dbo.target WHERE period = _period) x
   WHERE x.region = t.region AND t.period = _period;
  UPDATE dbo.target t SET prev_amt = p.amt FROM dbo.target p
   WHERE p.region = t.region AND p.period = to_char(p_dt - interval '1 month', 'YYYYMM') AND t.period = _period;
  p_rc := (SELECT COUNT(*) FROM dbo.target WHERE period = _period);
  IF p_debug THEN INSERT INTO dbo.msgs (msg) VALUES (LEFT('loaded ' || p_rc || ': ' || _list, 200)); END IF;
  IF p_rc = 0 THEN RAISE NOTICE 'nothing loaded'; p_rc := -1; END IF;
END $$;
