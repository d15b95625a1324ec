CREATE OR REPLACE PROCEDURE ods."applyProductChanges"(OUT "appliedRows" integer, "hardDelete" boolean DEFAULT false)
LANGUAGE plpgsql
AS $$
DECLARE
    "fromLsn"  bigint;
    "toLsn"    bigint;
    v_skipped  integer;
BEGIN
    SELECT last_lsn INTO STRICT "fromLsn" FROM ods.cdc_position WHERE stream = 'product';
    SELECT max(lsn) INTO "toLsn" FROM cdc.product_log;

    IF "toLsn" IS NULL OR "toLsn" <= "fromLsn" THEN
        "appliedRows" := 0;
        RETURN;
    END IF;

    DROP TABLE IF EXISTS "netChanges";
    CREATE TEMP TABLE "netChanges" AS
    SELECT *
      FROM (
        SELECT l.*,
               row_number() OVER (PARTITION BY "productId" ORDER BY lsn DESC, seq DESC) AS "rowNum",
               count(*) FILTER (WHERE op NOT IN ('I', 'U', 'D')) OVER () AS bad
          FROM cdc.product_log l
         WHERE lsn > "fromLsn" AND lsn <= "toLsn"
           AND op IN ('I', 'U', 'D')
      ) ranked
     WHERE "rowNum" = 1;

    SELECT count(*) INTO v_skipped FROM cdc.product_log WHERE lsn > "fromLsn" AND op NOT IN ('I','U','D');

    MERGE INTO ods.product AS p
    USING "netChanges" AS c
       ON p."productId" = c."productId"
    WHEN MATCHED AND c.op = 'D' AND "hardDelete" THEN
        DELETE
    WHEN MATCHED AND c.op = 'D' THEN
        UPDATE SET "isDeleted" = true, "validTo" = c.committed, "lastLsn" = c.lsn
    WHEN MATCHED AND p."lastLsn" < c.lsn THEN
        UPDATE SET "Name"       = COALESCE(c."Name", p."Name"),
                   "unitPrice"  = c."unitPrice",
                   discontinued = COALESCE(c.discontinued, p.discontinued),
                   "lastLsn"    = c.lsn,
                   "isDeleted"  = DEFAULT
    WHEN NOT MATCHED AND c.op <> 'D' THEN
        INSERT ("productId", "Name", "unitPrice", discontinued, "lastLsn")
        VALUES (c."productId", c."Name", c."unitPrice", COALESCE(c.discontinued, false), c.lsn);
    GET DIAGNOSTICS "appliedRows" = ROW_COUNT;

    UPDATE ods.cdc_position
       SET last_lsn = "toLsn", applied = applied + "appliedRows", skipped = cdc_position.skipped + v_skipped, at = now()
     WHERE stream = 'product';
END;
$$;
