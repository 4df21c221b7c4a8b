SELECT {{ dbt_utils.star(from=ref('my_model_a'), except=['loaded_at']) }} FROM {{ ref('my_model_a') }}
{% if is_incremental() %}WHERE a > 1{% endif %}
