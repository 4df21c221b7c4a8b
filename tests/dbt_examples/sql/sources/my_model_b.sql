CREATE TABLE my_model_b (id BIGINT, b INT) WITH ('connector' = 'datagen')
