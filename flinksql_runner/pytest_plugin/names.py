"""Names that pytest's users see; apart, since the hooks and what they import on demand both know them."""

MARKER = "flinksql"
"""The marker of all items; ``-m flinksql`` selects them."""
GROUP = "flinksql"
"""The group of xdist that keeps them together."""
