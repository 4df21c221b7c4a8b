CREATE TABLE rates (currency STRING, rate DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts, PRIMARY KEY (currency) NOT ENFORCED)
WITH ('connector' = 'kafka', 'topic' = 'r', 'properties.bootstrap.servers' = 'x', 'format' = 'debezium-json')
