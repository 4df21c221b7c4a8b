"""From source DDL to every node, without an engine: relational trees, columns, types, time attributes, mistakes."""
