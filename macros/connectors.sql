{# Options of connectors in one place: a table says what it is, the target says where that is. #}

{# A topic of the target's Kafka, message by message as text, so that broken ones can be kept. A partition without messages
   holds the watermark back for idle_seconds. Fewer are risky: after a restart one partition's backlog may be read while another
   waits, and a waiting one that is taken for idle comes late as a whole. #}
{% macro kafka_text(topic, idle_seconds=30) -%}
  'connector' = 'kafka',
  'topic' = '{{ topic }}',
  'properties.bootstrap.servers' = '{{ target.kafka.servers }}',
  'properties.group.id' = '{{ topic }}-reader',
  'scan.startup.mode' = 'earliest-offset',
  'scan.watermark.idle-timeout' = '{{ idle_seconds }} s',
  'format' = 'raw'
{%- endmacro %}

{# Where a table of the target's PostgreSQL is. #}
{% macro postgres_place(schema, table) -%}
  'connector' = 'jdbc',
  'url' = '{{ target.postgres.url }}',
  'table-name' = '{{ schema }}.{{ table }}',
  'username' = '{{ target.postgres.user }}',
  'password' = '{{ target.postgres.password }}'
{%- endmacro %}

{# A table of the target's PostgreSQL. Rows wait at most flush_ms for others. #}
{% macro postgres_table(schema, table, flush_ms=200) -%}
  {{ postgres_place(schema, table) }},
  'sink.buffer-flush.interval' = '{{ flush_ms }} ms',
  'sink.buffer-flush.max-rows' = '5000',
  'sink.max-retries' = '5'
{%- endmacro %}

{# A table of the target's PostgreSQL that others write, asked for single rows: what it answers, nothing too, holds for seconds. #}
{% macro postgres_lookup(schema, table, seconds=60, most=100000) -%}
  {{ postgres_place(schema, table) }},
  'lookup.cache' = 'PARTIAL',
  'lookup.partial-cache.max-rows' = '{{ most }}',
  'lookup.partial-cache.expire-after-write' = '{{ seconds }} s',
  'lookup.partial-cache.cache-missing-key' = 'true',
  'lookup.max-retries' = '5'
{%- endmacro %}

{# Files of JSON lines in the target's archive, finished with each checkpoint, a folder a day. #}
{% macro archive_files(folder) -%}
  'connector' = 'filesystem',
  'path' = '{{ target.archive.path }}/{{ folder }}',
  'format' = 'json',
  'sink.rolling-policy.rollover-interval' = '1 min',
  'sink.rolling-policy.check-interval' = '10 s',
  'sink.partition-commit.policy.kind' = 'success-file',
  'sink.partition-commit.trigger' = 'process-time'
{%- endmacro %}
