CREATE OR REPLACE PROCEDURE inv.cost_movements()
LANGUAGE plpgsql AS $proc$
DECLARE
  c_mov CURSOR FOR
     SELECT m.* FROM inv.movement m
      LEFT JOIN inv.movement_cost mc ON mc.movement_id = m.id
     WHERE mc.movement_id IS NULL
     ORDER BY m.moved_at, m.id;
  v_m inv.movement%ROWTYPE;
  v_c inv.item_cost%ROWTYPE;
  v_new_hand inv.item_cost.on_hand%TYPE;
  v_cost numeric(14,4);
BEGIN
  OPEN c_mov;
  LOOP
    FETCH c_mov INTO v_m;
    EXIT WHEN NOT FOUND;

    SELECT * INTO v_c FROM inv.item_cost ic WHERE ic.item = v_m.item;
    IF NOT FOUND THEN
       INSERT INTO inv.item_cost(item, on_hand, avg_cost, updated_by) VALUES (v_m.item, 0, NULL, 'new')
       RETURNING * INTO v_c;
    END IF;

    IF v_m.kind = 'IN' THEN
       v_new_hand := v_c.on_hand + v_m.qty;
       v_cost := CASE WHEN v_new_hand > 0 THEN (v_c.on_hand * COALESCE(v_c.avg_cost, v_m.unit_cost) + v_m.qty * v_m.unit_cost) / v_new_hand ELSE v_m.unit_cost END;
    ELSIF v_m.kind = 'OUT' THEN
       IF v_c.on_hand < v_m.qty THEN
          INSERT INTO inv.shortage VALUES (v_m.id, v_m.item, v_m.qty - v_c.on_hand);
          CONTINUE;
       END IF;
       v_new_hand := v_c.on_hand - v_m.qty;
       v_cost := v_c.avg_cost;
    ELSE
       v_new_hand := GREATEST(v_c.on_hand + v_m.qty, 0);
       v_cost := v_c.avg_cost;
    END IF;

    UPDATE inv.item_cost SET on_hand = v_new_hand, avg_cost = v_cost, updated_by = 'mov ' || v_m.id WHERE item = v_m.item;
    INSERT INTO inv.movement_cost VALUES (v_m.id, v_m.item, v_m.qty, v_cost, ROUND(v_m.qty * v_cost, 2), v_new_hand);
  END LOOP;
  CLOSE c_mov;
END;
$proc$;
