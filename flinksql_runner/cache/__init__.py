"""What earlier runs found out, kept in ``.flinksql/cache``: never needed, never believed unless this user's tool wrote it."""
