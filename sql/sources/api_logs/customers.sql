-- Whose key it is: kept by whoever hands keys out, only read here. A change is seen within a minute.
CREATE TABLE customers (
  api_key_id STRING,
  customer   STRING,
  plan       STRING,
  PRIMARY KEY (api_key_id) NOT ENFORCED
) WITH (
  {{ postgres_lookup(var('api_logs_schema'), 'customers') }}
)
