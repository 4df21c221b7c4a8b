CREATE TABLE totals (who INT, amount DECIMAL(38, 2), PRIMARY KEY (who) NOT ENFORCED) WITH ('connector' = 'blackhole');
INSERT INTO totals WITH big AS (SELECT user_id, amount FROM {{ ref('clicks') }} WHERE amount > 1)
SELECT user_id, SUM(amount) FROM big GROUP BY user_id
