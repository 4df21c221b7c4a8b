-- Orders as they come in: made up by Flink's own generator, so that nothing else is needed.
CREATE TABLE orders (
  order_id BIGINT,
  amount   DOUBLE,
  country  INT,
  ts       AS LOCALTIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL '1' SECOND
) WITH (
  'connector' = 'datagen',
  'rows-per-second' = '50',
  'fields.order_id.min' = '1',
  'fields.order_id.max' = '1000000',
  'fields.amount.min' = '0.5',
  'fields.amount.max' = '100',
  'fields.country.min' = '0',
  'fields.country.max' = '3'
)
