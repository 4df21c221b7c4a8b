-- Orders worth counting, with the country's code. `country_code` is a Python function: udfs/countries.py.
SELECT
  order_id,
  amount,
  country_code(country) AS country,
  ts
FROM {{ ref('orders') }}
WHERE amount >= {{ var('smallest_order') }}
