-- Lines with the list of their values, parsed once. Two ways lead on here as well, one for lines that are no JSON object.
SELECT *, {{ line_values() }} AS line_values
FROM {{ ref('log_lines') }}
WHERE line IS NOT NULL
