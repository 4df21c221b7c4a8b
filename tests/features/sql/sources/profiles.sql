CREATE TABLE profiles (id INT NOT NULL, city STRING, PRIMARY KEY (id) NOT ENFORCED)
WITH ('connector' = 'upsert-kafka', 'topic' = 'p', 'properties.bootstrap.servers' = 'x', 'key.format' = 'json', 'value.format' = 'json')
