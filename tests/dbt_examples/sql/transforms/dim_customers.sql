WITH customers AS (
  SELECT * FROM {{ ref('stg_customers') }}
), accepted AS (
  SELECT * FROM {{ ref('top_level_email_domains') }}
)
SELECT c.customer_id, c.email,
  COALESCE(REGEXP(c.email, '^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$') AND a.tld IS NOT NULL, FALSE) AS is_valid_email_address
FROM customers AS c LEFT JOIN accepted AS a ON c.email_top_level_domain = LOWER(a.tld)
