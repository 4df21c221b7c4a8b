CREATE TABLE clicks (
  user_id INT NOT NULL, amount DECIMAL(10, 2), ip STRING, ts TIMESTAMP(3), seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'properties.bootstrap.servers' = '${FLINKSQL_SECRET_PLACE}', 'format' = 'json')
