CREATE OR REPLACE PROCEDURE fact.replay(p_from timestamp DEFAULT NULL) LANGUAGE plpgsql AS $$
DECLARE
  e        app.events%ROWTYPE;
  v_sub    int;
  v_state  text;
  v_since  timestamp;
  v_mrr    int := 0;
  v_hist   text := '';
  v_n      int := 0;
BEGIN
  DELETE FROM fact.intervals; DELETE FROM fact.sub_state;
  FOR e IN SELECT * FROM app.events WHERE sub_id IS NOT NULL AND (p_from IS NULL OR at >= p_from) ORDER BY sub_id, at, ev_id LOOP
    IF v_sub IS DISTINCT FROM e.sub_id THEN
      IF v_sub IS NOT NULL AND v_state IS NOT NULL THEN
        INSERT INTO fact.sub_state VALUES (v_sub, v_state, v_since, v_mrr, v_hist, v_n);
        INSERT INTO fact.intervals VALUES (v_sub, v_state, v_since, NULL);
      END IF;
      v_sub := e.sub_id; v_state := NULL; v_since := NULL; v_mrr := 0; v_hist := ''; v_n := 0;
    END IF;
    CASE e.kind
      WHEN 'signup' THEN
        IF v_state IS NOT NULL AND v_since < e.at THEN
          INSERT INTO fact.intervals VALUES (v_sub, v_state, v_since, e.at);
        END IF;
        v_state := 'active'; v_since := e.at; v_mrr := coalesce(e.val, 0);
      WHEN 'upgrade', 'downgrade' THEN
        CONTINUE WHEN v_state IS NULL;
        v_mrr := coalesce(e.val, v_mrr);
      WHEN 'pause', 'cancel' THEN
        IF v_state = 'active' THEN
          INSERT INTO fact.intervals VALUES (v_sub, v_state, v_since, e.at);
          v_state := CASE e.kind WHEN 'pause' THEN 'paused' ELSE 'gone' END; v_since := e.at;
          IF e.kind = 'cancel' THEN v_mrr := 0; END IF;
        END IF;
      WHEN 'resume' THEN
        IF v_state = 'paused' THEN
          INSERT INTO fact.intervals VALUES (v_sub, v_state, v_since, e.at);
          v_state := 'active'; v_since := e.at;
        END IF;
      ELSE NULL;
    END CASE;
    v_hist := v_hist || left(e.kind, 1);
    v_n := v_n + 1;
  END LOOP;
  IF v_sub IS NOT NULL AND v_state IS NOT NULL THEN
    INSERT INTO fact.sub_state VALUES (v_sub, v_state, v_since, v_mrr, v_hist, v_n);
    INSERT INTO fact.intervals VALUES (v_sub, v_state, v_since, NULL);
  END IF;
END $$;
