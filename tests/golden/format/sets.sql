explain plan for execute statement set begin
insert into a select * from s; insert into b(x, y) partition (p='1') values (1,'x'),(2,'y'); end;
update t set a=1, b=b+1 where c is null;
delete from t where a<0;
insert into s select k, sum(v) from t /*+ options('scan.startup.mode'='earliest-offset') */ group by k on conflict do nothing
-- formatted:
EXPLAIN PLAN FOR EXECUTE STATEMENT SET
BEGIN
  INSERT INTO a
  SELECT *
  FROM s;

  INSERT INTO b (x, y) PARTITION (p = '1')
  VALUES (1, 'x'), (2, 'y');
END;

UPDATE t
SET a = 1, b = b + 1
WHERE c IS NULL;

DELETE FROM t
WHERE a < 0;

INSERT INTO s
SELECT k, SUM(v)
FROM t /*+ options('scan.startup.mode'='earliest-offset') */
GROUP BY k
ON CONFLICT DO NOTHING
