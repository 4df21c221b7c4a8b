CREATE TABLE top_level_email_domains (tld STRING) WITH ('connector' = 'datagen')
