-- Requests with the place of their client: udfs/geo.py looks up whole batches in the job's own Python worker, and each address of a batch once.
SELECT *, locate_ip(client) AS place
FROM {{ ref('requests_sound') }}
