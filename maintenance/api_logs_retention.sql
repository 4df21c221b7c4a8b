-- Rows of the job api_logs leave here, and nowhere else: the job only writes, the dashboard only reads. To be run once a day, by cron or pg_cron:
--
--   psql "$DATABASE" -c 'SET search_path = api_logs' -f maintenance/api_logs_retention.sql
--
-- Tables that name clients keep a week, alerts a month, counts a quarter. Each column has an index, but for client_verdicts, which is small.
DO $$
DECLARE
  kept record;
BEGIN
  FOR kept IN
    SELECT * FROM (VALUES
      ('line_counts', 'second', INTERVAL '90 days'),
      ('traffic_10s', 'window_end', INTERVAL '7 days'),
      ('traffic_1m', 'window_end', INTERVAL '90 days'),
      ('latency_1m', 'window_end', INTERVAL '90 days'),
      ('error_budget', 'day', INTERVAL '90 days'),
      ('customer_usage', 'hour', INTERVAL '90 days'),
      ('live_places', 'at', INTERVAL '1 day'),
      ('top_clients', 'window_end', INTERVAL '7 days'),
      ('client_sessions', 'last_seen', INTERVAL '7 days'),
      ('client_verdicts', 'last_seen', INTERVAL '7 days'),
      ('line_dead_letters', 'received_at', INTERVAL '7 days'),
      ('attack_alerts', 'last_seen', INTERVAL '30 days')
    ) AS tables (name, moment, keep)
  LOOP
    EXECUTE format('DELETE FROM %I WHERE %I < (now() AT TIME ZONE ''UTC'') - $1', kept.name, kept.moment) USING kept.keep;
  END LOOP;
END
$$;
