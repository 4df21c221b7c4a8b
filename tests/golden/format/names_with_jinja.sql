select a.{{ x }}, {{ t }}.b, 't_{{ x }}''s', `{{ x }}_y`, col_{{ i }}_z, {% raw %}{{ '{{' }}{% endraw %} as r
from {% if a %}t1{% else %}t2{% endif %} as s
join {{ ref('z') }} on s.a={{ref('z')}}.a
-- formatted:
SELECT
  a.{{ x }},
  {{ t }}.b,
  't_{{ x }}''s',
  `{{ x }}_y`,
  col_{{ i }}_z,
  {% raw %}{{ '{{' }}{% endraw %} AS r
FROM {% if a %}t1{% else %}t2{% endif %} AS s
JOIN {{ ref('z') }} ON s.a = {{ ref('z') }}.a
