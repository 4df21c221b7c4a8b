"""Event generators of the demos."""
