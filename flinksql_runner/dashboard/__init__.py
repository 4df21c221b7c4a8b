"""The server of live pages: reads dashboards and the database, writes nothing into either."""
