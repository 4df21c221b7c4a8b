CREATE TABLE twice (who INT, day_ DATE) WITH ('connector' = 'blackhole');
INSERT INTO twice SELECT user_id, CURRENT_DATE FROM {{ ref('clicks') }};
INSERT INTO twice SELECT id, CURRENT_DATE FROM {{ ref('orders') }}
