select {# inline #} a, b {# x #}
{# own
   two #}
from t {# tail #}
-- formatted:
SELECT {# inline #} a, b {# x #}
{# own
   two #}
FROM t {# tail #}
