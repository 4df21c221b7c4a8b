"""Physical tables of JDBC sinks, made from the sink's DDL."""
