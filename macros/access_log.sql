{# Access log lines: what they say, what may be wrong with them, what of them is kept. A line lies as text in the collector's
   envelope (docs/collect.md), so `payload` is JSON with JSON in it. #}

{# A time of the log in the text `text`: RFC 3339 with milliseconds, in UTC. NULL for anything else. #}
{% macro log_time(text) -%}
  TO_TIMESTAMP(
    REGEXP_EXTRACT({{ text }}, '^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}[.][0-9]{3})(Z|[+]00:00)$', 1),
    'yyyy-MM-dd''T''HH:mm:ss.SSS'
  )
{%- endmacro %}

{# The time of a line that still lies in its envelope, found without parsing either: the watermark asks for it once more. What a
   client wrote can't be taken for it, since its quotes are escaped twice there. #}
{% macro enveloped_time() -%}
  TO_TIMESTAMP(
    REGEXP_EXTRACT(payload, '\\"time\\": ?\\"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}[.][0-9]{3})(Z|[+]00:00)\\"', 1),
    'yyyy-MM-dd''T''HH:mm:ss.SSS'
  )
{%- endmacro %}

{# The line without its envelope, ready to be read as JSON. Bytes that are no UTF-8 come as \xNN (and `bytes` is true then), which
   JSON does not know: they become the characters of Latin-1, so that a request with an odd user agent is still a request. PostgreSQL keeps
   no NUL in a text: it is shown as U+FFFD. #}
{% macro enveloped_line() -%}
  CASE
    WHEN JSON_VALUE({{ without_nul('payload') }}, '$.bytes') = 'true' THEN
      REGEXP_REPLACE(JSON_VALUE({{ without_nul('payload') }}, '$.line'), '\\x(?=[0-9A-Fa-f]{2})', '\u00')
    ELSE JSON_VALUE({{ without_nul('payload') }}, '$.line')
  END
{%- endmacro %}

{% macro without_nul(text) -%}
  REPLACE (REPLACE({{ text }}, '\u0000', '\ufffd'), U&'\0000', U&'\FFFD')
{%- endmacro %}

{% macro line_text(field) -%}
  JSON_VALUE(line, '$.{{ field }}')
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
    WHEN told_time IS NULL THEN 'time is missing or no timestamp in UTC'
    WHEN client IS NULL OR NOT REGEXP(client, '^([0-9]{1,3}([.][0-9]{1,3}){3}|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]+)$') THEN
      'client is missing or no address'
    WHEN `method` IS NULL THEN 'method is missing'
    WHEN path IS NULL THEN 'path is missing'
    WHEN status IS NULL OR status NOT BETWEEN 100 AND 599 THEN 'status is missing or not from 100 to 599'
    WHEN bytes_in IS NULL OR bytes_in < 0 THEN 'bytes_in is missing or no count'
    WHEN bytes_out IS NULL OR bytes_out < 0 THEN 'bytes_out is missing or no count'
    WHEN duration_s IS NULL OR duration_s NOT BETWEEN 0 AND 86400 THEN 'duration_s is missing or not from 0 to 86400'
  END
{%- endmacro %}

{% macro envelope_text(field) -%}
  JSON_VALUE({{ without_nul('payload') }}, '$.{{ field }}')
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
