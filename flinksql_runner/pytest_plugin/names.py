"""Names that pytest's users see; apart, since the hooks and what they import on demand both know them."""

MARKER = "flinksql"
"""The marker of all items; ``-m flinksql`` selects them."""
DEALS = ("load", "loadgroup")
"""The ways of xdist to deal out tests that leave those of SQL together."""
DEALT = "flinksql_dist"
"""The key under which xdist's controller tells its workers how tests are dealt out."""
