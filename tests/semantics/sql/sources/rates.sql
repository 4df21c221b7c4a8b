CREATE TABLE rates (
  k STRING, rate INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'kafka', 'topic' = 'rates', 'properties.bootstrap.servers' = 'nowhere:9092')
