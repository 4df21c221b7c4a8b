select concat_ws('-', first_name, second_name, third_name, fourth_name, fifth_name, sixth_name) as all_names, a_first_long_column_name || 'between' || a_second_long_column_name || 'and' || a_third_long_column_name as joined,
a_first_long_column_name + a_second_long_column_name * -2 - a_third_long_column_name / a_fourth_long_column_name as computed, json_value(payload, '$.a' returning bigint null on empty default 0 on error) as j from t where a_first_long_column_name = a_second_long_column_name and (x = 1 or y = 2 or zzzzzzzzzzzzzzzzzzzzzzzzzzzzz = 3333333333333333333333333333) and not exists (select 1 from u where u.id = t.id)
-- formatted:
SELECT
  concat_ws(
    '-',
    first_name,
    second_name,
    third_name,
    fourth_name,
    fifth_name,
    sixth_name
  ) AS all_names,
  a_first_long_column_name
    || 'between'
    || a_second_long_column_name
    || 'and'
    || a_third_long_column_name AS joined,
  a_first_long_column_name
    + a_second_long_column_name * -2
    - a_third_long_column_name / a_fourth_long_column_name AS computed,
  JSON_VALUE(payload, '$.a' RETURNING BIGINT NULL ON EMPTY DEFAULT 0 ON ERROR) AS j
FROM t
WHERE a_first_long_column_name = a_second_long_column_name
  AND (x = 1 OR y = 2 OR zzzzzzzzzzzzzzzzzzzzzzzzzzzzz = 3333333333333333333333333333)
  AND NOT EXISTS (SELECT 1 FROM u WHERE u.id = t.id)
