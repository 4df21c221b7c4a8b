SELECT a.id, b.b, '{{ type_numeric() }}' AS macro_call, '{{ var("my_test") }}' AS var_call, '{{ env_var("MY_TEST", "none") }}' AS env_var_call,
  {{ invocation_id }} AS invocation_id
FROM {{ ref('my_model_a') }} AS a JOIN {{ ref('my_model_b') }} AS b ON a.id = b.id
