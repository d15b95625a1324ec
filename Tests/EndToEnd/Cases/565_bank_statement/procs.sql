CREATE OR REPLACE PROCEDURE book.match_statement(p_acct text, p_from date, INOUT p_matched int DEFAULT 0)
LANGUAGE plpgsql AS $$
BEGIN
  -- candidates: numbers in the purpose, in the order in which they stand there
  DROP TABLE IF EXISTS pg_temp.cand;
  CREATE TEMP TABLE cand AS
  SELECT l.acct, l.line_no, l.booked, l.amount, i.inv_no, i.open, m.pos,
         sum(i.open) OVER (PARTITION BY l.acct, l.line_no ORDER BY m.pos) AS cum
    FROM bank.statement_line l
    CROSS JOIN LATERAL (SELECT (x.g)[1]::int AS inv_no, x.pos FROM regexp_matches(coalesce(l.purpose, ''), '(\d{4})', 'g') WITH ORDINALITY AS x (g, pos)) m
    JOIN book.invoice i ON i.inv_no = m.inv_no
   WHERE l.acct = p_acct AND l.booked >= p_from AND l.amount > 0 AND i.open > 0
     AND NOT EXISTS (SELECT 1 FROM book.allocation a WHERE a.acct = l.acct AND a.line_no = l.line_no);

  INSERT INTO book.allocation (acct, line_no, inv_no, amount)
  SELECT acct, line_no, inv_no, least(open, amount - (cum - open)) FROM cand WHERE amount - (cum - open) > 0;
  GET DIAGNOSTICS p_matched = ROW_COUNT;

  UPDATE book.invoice i
     SET open = i.gross - s.paid,
         paid_on = CASE WHEN i.gross - s.paid <= 0 THEN s.last_day ELSE i.paid_on END,
         state = CASE WHEN i.gross < s.paid THEN 'X' WHEN i.gross = s.paid THEN 'P' ELSE 'O' END
    FROM (SELECT a.inv_no, sum(a.amount) AS paid, max(l.booked) AS last_day
            FROM book.allocation a JOIN bank.statement_line l USING (acct, line_no) GROUP BY a.inv_no) s
   WHERE s.inv_no = i.inv_no AND i.open IS DISTINCT FROM i.gross - s.paid;

  DELETE FROM book.suspense WHERE acct = p_acct;
  INSERT INTO book.suspense
  SELECT l.acct, l.line_no, l.amount - coalesce(sum(a.amount), 0), CASE WHEN l.amount < 0 THEN 'outgoing' WHEN count(a.inv_no) = 0 THEN 'no invoice' ELSE 'rest' END
    FROM bank.statement_line l LEFT JOIN book.allocation a ON a.acct = l.acct AND a.line_no = l.line_no
   WHERE l.acct = p_acct
   GROUP BY l.acct, l.line_no
  HAVING l.amount <> coalesce(sum(a.amount), 0);
END $$;
