{# Access log lines: what they say, what may be wrong with them, what of them is kept. A line lies as text in the collector's
   envelope (docs/collect.md), so `payload` is JSON with JSON in it. #}

{# A time of the log as a regular expression: RFC 3339 with milliseconds, in UTC. #}
{% macro time_pattern() -%}
  ([0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9][.][0-9]{3})(?:Z|[+]00:00)
{%- endmacro %}

{# The time of a line that still lies in its envelope, found without parsing either: the watermark asks for it once more. What a
   client wrote can't be taken for it, since its quotes are escaped twice there. (REGEXP_EXTRACT would compile its pattern for each line.) #}
{% macro enveloped_time() -%}
  TO_TIMESTAMP(
    SUBSTRING(LTRIM(SUBSTRING(payload, POSITION('\"time\":' IN payload) + 9, 30)), 3, 23),
    'yyyy-MM-dd''T''HH:mm:ss.SSS'
  )
{%- endmacro %}

{# The line without its envelope, ready to be read as JSON. Bytes that are no UTF-8 come as \xNN (and `bytes` is true then, at the envelope's
   end), which JSON does not know: they become the characters of Latin-1, so that a request with an odd user agent is still a request. #}
{% macro enveloped_line() -%}
  CASE
    WHEN payload LIKE '%true}' AND {{ envelope_text('bytes') }} = 'true' THEN
      REGEXP_REPLACE({{ envelope_text('line') }}, '\\x(?=[0-9A-Fa-f]{2})', '\u00')
    ELSE {{ envelope_text('line') }}
  END
{%- endmacro %}

{% macro envelope_text(field) -%}
  JSON_VALUE(payload, '$.{{ field }}')
{%- endmacro %}

{# Text that somebody else wrote, as PostgreSQL can keep it: it knows no NUL. #}
{% macro without_nul(text) -%}
  REPLACE ({{ text }}, U&'\0000', U&'\FFFD')
{%- endmacro %}

{# The fields of a line, in the order in which servers write them. #}
{% macro line_fields() -%}
  time server request_id client method path query status bytes_in bytes_out duration_s upstream upstream_s api_key_id user_agent
{%- endmacro %}

{# All values of a line that has these fields in this order, so that it is parsed once and not once for each field; NULL for others. A quote within
   a value is escaped, so no value can look like a field. (`_` is any character in LIKE, and would make it slow.) #}
{% macro line_values() -%}
  CASE
    WHEN line LIKE '{{ "{%" }}{% for field in line_fields().split() %}"{{ field.replace("_", "%") }}":%{% endfor %}}' THEN
      JSON_QUERY(line, '$.*' RETURNING ARRAY<STRING>)
  END
{%- endmacro %}

{% macro line_text(field) -%}
  {%- set fields = line_fields().split() -%}
  CASE
    WHEN CARDINALITY(line_values) = {{ fields | length }} THEN line_values[{{ fields.index(field) + 1 }}]
    ELSE JSON_VALUE(line, '$.{{ field }}')
  END
{%- endmacro %}

{% macro line_number(field, type) -%}
  TRY_CAST({{ line_text(field) }} AS {{ type }})
{%- endmacro %}

{# What is wrong with a line: the first reason found, NULL where it is sound. The one rule by which lines go on or become dead
   letters (docs/decisions/0003). #}
{% macro what_is_wrong_with_line() -%}
  CASE
    WHEN request_id IS NULL THEN CASE WHEN line IS JSON OBJECT THEN 'request_id is missing' ELSE 'not a JSON object' END
    WHEN NOT REGEXP(request_id, '^[0-9a-f]{32}$') THEN 'request_id is not 32 hexadecimal digits'
    WHEN told_time IS NULL OR NOT REGEXP(told_time, '^{{ time_pattern() }}$') THEN
      'time is missing or no timestamp in UTC'
    WHEN client IS NULL
      OR NOT REGEXP(client, '^([0-9]{1,3}([.][0-9]{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f.]*)$') THEN
      'client is missing or no address'
    WHEN `method` IS NULL THEN 'method is missing'
    WHEN path IS NULL THEN 'path is missing'
    WHEN status IS NULL OR status NOT BETWEEN 100 AND 599 THEN 'status is missing or not from 100 to 599'
    WHEN bytes_in IS NULL OR bytes_in < 0 THEN 'bytes_in is missing or no count'
    WHEN bytes_out IS NULL OR bytes_out < 0 THEN 'bytes_out is missing or no count'
    WHEN duration_s IS NULL OR duration_s NOT BETWEEN 0 AND 86400 THEN 'duration_s is missing or not from 0 to 86400'
  END
{%- endmacro %}

{# An address as it is kept: the var client_privacy says whether plain, shortened to its network (/24, or /48 of IPv6) or hashed with a
   secret salt. It is hidden where its place is known, so no state, table or file behind has it. #}
{% macro kept_client(address) -%}
  {%- if var('client_privacy') == 'plain' -%}
  {{ address }}
  {%- elif var('client_privacy') == 'shortened' -%}
  CASE
    WHEN REGEXP({{ address }}, '[.]') THEN REGEXP_REPLACE({{ address }}, '[.][0-9]+$', '.0')
    ELSE CONCAT(COALESCE(REGEXP_EXTRACT({{ address }}, '^[0-9A-Fa-f]+(:[0-9A-Fa-f]+){0,2}'), ''), '::')
  END
  {%- elif var('client_privacy') == 'hashed' -%}
  SHA256(CONCAT('{{ env_var("FLINKSQL_SECRET_CLIENT_SALT") }}', {{ address }}))
  {%- else -%}
  {{ exceptions.raise_compiler_error("client_privacy is plain, shortened or hashed, not `" ~ var('client_privacy') ~ "`") }}
  {%- endif -%}
{%- endmacro %}

{# A broken line as it is kept: where addresses are hidden, everything in it that looks like one is taken out. #}
{% macro kept_line(text) -%}
  {%- if var('client_privacy') == 'plain' -%}
  {{ text }}
  {%- else -%}
  REGEXP_REPLACE(
    {{ text }},
    '[0-9]{1,3}([.][0-9]{1,3}){3}|([0-9A-Fa-f]{0,4}:){3,7}[0-9A-Fa-f]{0,4}|[0-9A-Fa-f]{1,4}::[0-9A-Fa-f]{0,4}',
    '(address)'
  )
  {%- endif -%}
{%- endmacro %}

{# The part of the API that a path belongs to. #}
{% macro endpoint() -%}
  CASE
    WHEN path IN ('/v1/blur', '/v1/examples', '/v1/usage', '/healthz', '/openapi.json', '/') THEN path
    WHEN REGEXP(path, '^/v1/examples/[0-9]+$') THEN '/v1/examples/{n}'
    WHEN path LIKE '/static/%' THEN '/static'
    ELSE 'other'
  END
{%- endmacro %}

{# Whole seconds of a time since the start of 2000, where windows of 10 s and of a minute begin, too. #}
{% macro whole_seconds(moment) -%}
  TIMESTAMPDIFF(SECOND, TIMESTAMP '2000-01-01 00:00:00', {{ moment }})
{%- endmacro %}

{# The bucket of a duration in a histogram whose buckets grow by 4 %: bucket b holds what lies above 1.04^(b-1) ms, up to 1.04^b ms.
   Histograms of the same buckets add up; a value that is told as the middle of its bucket is wrong by 2 % at most (docs/decisions/0015).
   What is shorter than a millisecond is in bucket 0. #}
{% macro latency_bucket(seconds) -%}
  CAST(CEIL(LN(GREATEST({{ seconds }} * 1000, CAST(1 AS DOUBLE))) / LN(CAST(1.04 AS DOUBLE))) AS INT)
{%- endmacro %}

{# What a request tries to have run, NULL for most. The text is looked at as it came and decoded. #}
{% macro probe() -%}
  CASE
    WHEN NOT REGEXP(CONCAT(path, ' ', query), '[%''<>(;|&`$+:\\]|[.][.]')
      AND NOT REGEXP(user_agent, '[$<`]|[.][.]/|[(][)]') THEN CAST(NULL AS STRING)
    {%- set text = "CONCAT(path, ' ', COALESCE(URL_DECODE(path), ''), ' ', query, ' ', COALESCE(URL_DECODE(query), ''), ' ', COALESCE(user_agent, ''))" %}
    {%- for name, pattern in [
      ('SQL', "union(/[*].*?[*]/|[ +])+(all[ +]+)?select|''[ +]*(or|and)[ +]+[''0-9a-z(]|[ +](or|and)[ +]+[0-9]+=[0-9]+|information_schema|(sleep|benchmark|pg_sleep|extractvalue)[ +]*[(]|waitfor[ +]+delay|;[ +]*(drop|insert|update|delete|select)[ +]"),
      ('a script', "<[ ]*(script|svg|img|iframe)|javascript:|on(error|load)[ ]*="),
      ('a file', "[.][.][/\\\\]|/etc/(passwd|shadow|hosts)|/proc/self|[a-z]:\\\\windows|php://|file://"),
      ('a command', "[;|&`][ +]*(cat|id|ls|wget|curl|nc|bash|sh|whoami|uname|ping)([ +;|&]|$)|[$][(]|[$][{](jndi|env|sys)|`[a-z]"),
      ('a template', "[{][{].*[}][}]|[$][{][0-9]|<%"),
    ] %}
    WHEN REGEXP({{ text }}, '(?i){{ pattern }}') THEN '{{ name }}'
    {%- endfor %}
  END
{%- endmacro %}

{# Kilometres between two places, along the great circle. #}
{% macro kilometres(latitude, longitude, to_latitude, to_longitude) -%}
  12742
    * ASIN(
      SQRT(
        POWER(SIN(RADIANS({{ to_latitude }} - {{ latitude }}) / 2), 2)
          + COS(RADIANS({{ latitude }}))
            * COS(RADIANS({{ to_latitude }}))
            * POWER(SIN(RADIANS({{ to_longitude }} - {{ longitude }}) / 2), 2)
      )
    )
{%- endmacro %}

{# For pages, in PostgreSQL: the milliseconds that the bucket of latency_bucket() stands for. #}
{% macro bucket_ms(bucket) -%}
  2 * POWER(1.04, {{ bucket }}) / 2.04
{%- endmacro %}

{# For pages: the query `histogram` has a column `name`, `bucket` and `requests`; of each name come its number of requests and its percentiles
   (50, 95 and 99: the duration that so many per cent of them did not go beyond). #}
{% macro latency_percentiles(name, histogram) -%}
  SELECT
    {{ name }},
    MAX(total) AS requests,
    {%- for percentile in (50, 95, 99) %}
    {{ bucket_ms("MIN(bucket) FILTER (WHERE so_far >= CEIL(total * " ~ percentile ~ " / 100.0))") }} AS p{{ percentile }}
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
  FROM (
    SELECT
      {{ name }},
      bucket,
      SUM(SUM(requests)) OVER (PARTITION BY {{ name }} ORDER BY bucket) AS so_far,
      SUM(SUM(requests)) OVER (PARTITION BY {{ name }}) AS total
    FROM ({{ histogram }}) AS histogram
    GROUP BY {{ name }}, bucket
  ) AS summed
  GROUP BY {{ name }}
{%- endmacro %}

{# A sign: a client that came with so many different ones of something within so many seconds. `firsts` has each of them once for each client,
   in `column`; `words` say in the evidence what they are. #}
{% macro many_different(kind, firsts, column, words, count, seconds) -%}
  SELECT
    '{{ kind }}' AS kind,
    'client' AS subject_type,
    client AS subject,
    sign_time,
    2 AS severity,
    CAST(first_seen AS TIMESTAMP(3)) AS first_seen,
    CAST(last_seen AS TIMESTAMP(3)) AS last_seen,
    requests,
    requests AS requests_before,
    country_code,
    city,
    latitude,
    longitude,
    '{{ count }} different {{ words }} within {{ seconds }} s' AS rule,
    CONCAT(
      CAST(requests AS STRING),
      ' different {{ words }} within ',
      CAST(TIMESTAMPDIFF(SECOND, CAST(first_seen AS TIMESTAMP(3)), CAST(last_seen AS TIMESTAMP(3))) AS STRING),
      ' s, from ',
      first_one,
      ' to ',
      last_one
    ) AS evidence
  FROM {{ firsts }}
  MATCH_RECOGNIZE (
    PARTITION BY client
    ORDER BY event_time
    MEASURES
      MATCH_ROWTIME() AS sign_time,
      FIRST(N.event_time) AS first_seen,
      LAST(N.event_time) AS last_seen,
      COUNT(N.{{ column }}) AS requests,
      FIRST(N.{{ column }}) AS first_one,
      LAST(N.{{ column }}) AS last_one,
      LAST(N.country_code) AS country_code,
      LAST(N.city) AS city,
      LAST(N.latitude) AS latitude,
      LAST(N.longitude) AS longitude
    ONE ROW PER MATCH
    AFTER MATCH SKIP PAST LAST ROW
    PATTERN (N{{ '{' ~ count ~ '}' }})
    WITHIN INTERVAL '{{ seconds }}' SECOND
    DEFINE
      N AS N.{{ column }} IS NOT NULL
  )
{%- endmacro %}

{# Whether a sign begins something: the window `w` has it and the sign before it, which is longer ago than so many seconds. #}
{% macro is_start(seconds) -%}
  CASE
    WHEN COUNT(*) OVER w = 2
      AND CAST(sign_time AS TIMESTAMP(3)) <= MIN(CAST(sign_time AS TIMESTAMP(3))) OVER w
        + INTERVAL '{{ seconds }}' SECOND THEN FALSE
    ELSE TRUE
  END
{%- endmacro %}
