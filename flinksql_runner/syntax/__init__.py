"""From rendered text to a parsed node: what it defines, reads and uses."""
