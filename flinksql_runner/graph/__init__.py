"""The graph of nodes, and selections of it."""
