SELECT user_id, {{ kind() }} AS kind, '{{ var("limit") }}' AS v, '{{ env_var("REGION", "none") }}' AS region FROM {{ ref('clicks') }}
