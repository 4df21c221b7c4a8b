CREATE TABLE stg_customers (customer_id BIGINT, first_name STRING, last_name STRING, email STRING, email_top_level_domain STRING)
WITH ('connector' = 'datagen')
