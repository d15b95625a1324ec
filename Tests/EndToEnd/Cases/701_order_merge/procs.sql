-- Ported 2021 from T-SQL (uspMergeOrders). OUTPUT clauses became temp tables.
CREATE OR REPLACE PROCEDURE sales.uspMergeOrders(p_modified timestamp DEFAULT timestamp '2024-05-05 00:00:00')
LANGUAGE plpgsql AS $proc$
DECLARE
    v_Rows int := 0;
    v_tax  numeric(5,4) := 0.0800;
    rBack  RECORD;
BEGIN
    DROP TABLE IF EXISTS tmp_changed;
    CREATE TEMP TABLE tmp_changed ("SalesOrderID" int PRIMARY KEY, "OrderNo" int, act char(1));

    INSERT INTO sales."SalesOrderHeader" ("OrderNo","Account","OrderDate","ShipDate","Status","ModifiedDate")
    SELECT h.order_no, h.account, h.order_date, h.ship_date, COALESCE(h.status, 1), p_modified
      FROM stage.order_header h
      LEFT JOIN sales."SalesOrderHeader" t ON t."OrderNo" = h.order_no
     WHERE t."OrderNo" IS NULL
     ORDER BY h.order_no;

    MERGE INTO sales."SalesOrderHeader" AS t
    USING stage.order_header AS s
       ON t."OrderNo" = s.order_no
    WHEN MATCHED AND s.status = 6 THEN
        DELETE
    WHEN MATCHED AND (t."Status" IS DISTINCT FROM s.status OR t."ShipDate" IS DISTINCT FROM s.ship_date) THEN
        UPDATE SET "Status" = s.status, "ShipDate" = s.ship_date, "ModifiedDate" = p_modified;

    INSERT INTO tmp_changed
    SELECT t."SalesOrderID", t."OrderNo", CASE WHEN t."ModifiedDate" = p_modified THEN 'M' ELSE 'X' END
      FROM sales."SalesOrderHeader" t;

    -- lines
    MERGE INTO sales."SalesOrderDetail" AS d
    USING (SELECT c."SalesOrderID", l.line_no, l.product, l.qty, l.unit_price, COALESCE(l.discount, 0) AS discount,
                  l.qty * l.unit_price * (1 - COALESCE(l.discount, 0)) AS line_total
             FROM stage.order_line l
             JOIN tmp_changed c ON c."OrderNo" = l.order_no) AS s
       ON d."SalesOrderID" = s."SalesOrderID" AND d."LineNo" = s.line_no
    WHEN MATCHED AND d."LineTotal" <> s.line_total THEN
        UPDATE SET "OrderQty" = s.qty, "UnitPrice" = s.unit_price, "UnitPriceDiscount" = s.discount,
                   "LineTotal" = s.line_total, "ModifiedDate" = p_modified
    WHEN NOT MATCHED THEN
        INSERT VALUES (s."SalesOrderID", s.line_no, s.product, s.qty, s.unit_price, s.discount, s.line_total, p_modified);

    -- orphans: lines without header, or that the stage does not know any more
    DELETE FROM sales."SalesOrderDetail" d
     WHERE NOT EXISTS (SELECT 1 FROM tmp_changed c JOIN stage.order_line l ON l.order_no = c."OrderNo"
                        WHERE c."SalesOrderID" = d."SalesOrderID" AND l.line_no = d."LineNo");
    GET DIAGNOSTICS v_Rows = ROW_COUNT;
    RAISE NOTICE '% orphans removed', v_Rows;

    UPDATE sales."SalesOrderHeader" h
       SET "SubTotal" = x.sub, "TaxAmt" = ROUND(x.sub * v_tax, 4)
      FROM (SELECT "SalesOrderID", SUM("LineTotal") AS sub FROM sales."SalesOrderDetail" GROUP BY "SalesOrderID") x
     WHERE x."SalesOrderID" = h."SalesOrderID" AND h."SubTotal" IS DISTINCT FROM x.sub;

    -- what is ordered beyond the stock
    FOR rBack IN
        SELECT d."Product" AS product, SUM(d."OrderQty") AS need, MIN(h."OrderDate") AS since, MAX(k.on_hand) AS have
          FROM sales."SalesOrderDetail" d
          JOIN sales."SalesOrderHeader" h USING ("SalesOrderID")
          LEFT JOIN sales.stock k ON k.product = d."Product"
         WHERE h."ShipDate" IS NULL
         GROUP BY d."Product"
         ORDER BY 1
    LOOP
        IF rBack.have IS NULL OR rBack.need > rBack.have THEN
            UPDATE sales."Backorder" SET "Qty" = rBack.need - COALESCE(rBack.have, 0) WHERE "Product" = rBack.product;
            IF NOT FOUND THEN
                INSERT INTO sales."Backorder" VALUES (rBack.product, rBack.need - COALESCE(rBack.have, 0), rBack.since);
            END IF;
        ELSE
            DELETE FROM sales."Backorder" WHERE "Product" = rBack.product;
        END IF;
    END LOOP;
    DROP TABLE tmp_changed;
END
$proc$;
