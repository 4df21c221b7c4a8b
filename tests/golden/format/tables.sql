create temporary table if not exists orders (
  -- the key
  `order_id` bigint not null comment 'id', customer row<name string, addresses array<row<street string, zip varchar(10)>>>, price decimal( 10,2 ), ts timestamp_ltz(3) metadata from 'timestamp' virtual,
  cost as price*quantity, -- computed

  watermark for ts as ts - interval '5' second, primary key(order_id) not enforced
) comment 'Orders' distributed by hash(order_id) into 4 buckets partitioned by (ts) with ('connector'='kafka', -- where from
 'topic'='orders');
create table copy like orders (excluding all including options);
create view v(a,b) as select a,b from orders;
create function f as 'com.example.F' language java using jar 'file:///a.jar';
set 'table.local-time-zone'='UTC';
alter table orders add (note string after cost, watermark for ts as ts);
drop table if exists orders;
-- formatted:
CREATE TEMPORARY TABLE IF NOT EXISTS orders (
  -- the key
  `order_id` BIGINT NOT NULL COMMENT 'id',
  customer   ROW<name STRING, addresses ARRAY<ROW<street STRING, zip VARCHAR(10)>>>,
  price      DECIMAL(10, 2),
  ts         TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
  cost       AS price * quantity, -- computed

  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND,
  PRIMARY KEY (order_id) NOT ENFORCED
) COMMENT 'Orders' DISTRIBUTED BY HASH(order_id) INTO 4 BUCKETS PARTITIONED BY (ts) WITH (
  'connector' = 'kafka', -- where from
  'topic' = 'orders'
);

CREATE TABLE copy LIKE orders (EXCLUDING ALL INCLUDING OPTIONS);

CREATE VIEW v (a, b) AS
SELECT a, b
FROM orders;

CREATE FUNCTION f AS 'com.example.F' LANGUAGE JAVA USING JAR 'file:///a.jar';
SET 'table.local-time-zone' = 'UTC';
ALTER TABLE orders ADD (note STRING AFTER cost, WATERMARK FOR ts AS ts);
DROP TABLE IF EXISTS orders;
