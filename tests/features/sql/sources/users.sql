CREATE TABLE users (id INT NOT NULL, name STRING, tier STRING, PRIMARY KEY (id) NOT ENFORCED)
WITH ('connector' = 'jdbc', 'url' = 'x', 'table-name' = 'users')
