CREATE TABLE customers (
  k STRING, name STRING, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'kafka', 'topic' = 'customers', 'properties.bootstrap.servers' = 'nowhere:9092')
