"""The dialect `flink` for sqlglot; imports sqlglot alone."""
