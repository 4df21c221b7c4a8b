CREATE TABLE my_model_a (id BIGINT, name STRING, loaded_at TIMESTAMP(3), a INT) WITH ('connector' = 'datagen')
