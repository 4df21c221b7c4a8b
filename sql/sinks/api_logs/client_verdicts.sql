-- What is thought of each client that ever was suspected: suspicious, attack, or normal again.
{{ config(indexes=[['verdict', 'last_seen']]) }}
CREATE TABLE client_verdicts (
  client       STRING,
  verdict      STRING,
  since        TIMESTAMP(3),
  last_seen    TIMESTAMP(3),
  country_code STRING,
  reason       STRING,
  PRIMARY KEY (client) NOT ENFORCED
) WITH (
  {{ postgres_table(var('api_logs_schema'), 'client_verdicts') }}
);

INSERT INTO client_verdicts
SELECT client, verdict, since, last_seen, country_code, reason
FROM {{ ref('verdicts') }}
