CREATE OR REPLACE PROCEDURE bi.rebuild_org(p_max_depth int = 10)
LANGUAGE plpgsql
AS $$
<<org>>
DECLARE
  total numeric;
BEGIN
  DELETE FROM bi.unit_path;
  WITH RECURSIVE walk (ancestor, descendant, depth, path, trail) AS (
      SELECT u.unit_id, u.unit_id, 0, u.code::text, ARRAY[u.unit_id]
        FROM hr.unit u
      UNION ALL
      SELECT w.ancestor, u.unit_id, w.depth + 1, w.path || ' > ' || u.code, w.trail || u.unit_id
        FROM walk w
        JOIN hr.unit u ON u.parent_id = w.descendant
       WHERE NOT u.unit_id = ANY (w.trail) AND w.depth < p_max_depth
  )
  INSERT INTO bi.unit_path (ancestor, descendant, depth, path)
  SELECT ancestor, descendant, depth, path FROM walk;

  SELECT sum(u.budget) INTO org.total FROM hr.unit u;

  TRUNCATE bi.unit_total;
  INSERT INTO bi.unit_total (unit_id, code, level_no, path, is_leaf, heads, budget, children, share)
  SELECT u.unit_id, u.code,
         (SELECT max(p.depth) FROM bi.unit_path p WHERE p.descendant = u.unit_id) + 1,
         (SELECT p.path FROM bi.unit_path p WHERE p.descendant = u.unit_id ORDER BY p.depth DESC LIMIT 1),
         NOT EXISTS (SELECT 1 FROM bi.unit_path p WHERE p.ancestor = u.unit_id AND p.depth = 1),
         s.heads, s.budget,
         ARRAY(SELECT p.descendant FROM bi.unit_path p WHERE p.ancestor = u.unit_id AND p.depth = 1 ORDER BY 1 DESC),
         s.budget / NULLIF(total, 0)
    FROM hr.unit u
    CROSS JOIN LATERAL (
        SELECT sum(c.head_count) AS heads, sum(c.budget) AS budget
          FROM bi.unit_path p JOIN hr.unit c ON c.unit_id = p.descendant
         WHERE p.ancestor = u.unit_id) s
   ORDER BY u.unit_id;

  UPDATE bi.unit_total SET path = '* ' || path
   WHERE unit_id IN (SELECT unit_id FROM bi.v_roots) AND heads > (SELECT avg(heads) FROM bi.unit_total);
END org $$;
