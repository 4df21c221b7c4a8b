select {{ dbt.star(
    from=ref('x'),
    except=['a']
) }}, b from t where {{ cond }} and {%- if a %} b {%- else %} c {%- endif %} = 1
-- formatted:
SELECT
  {{ dbt.star(
      from=ref('x'),
      except=['a']
  ) }},
  b
FROM t
WHERE {{ cond }} AND {%- if a %} b {%- else %} c {%- endif %} = 1
