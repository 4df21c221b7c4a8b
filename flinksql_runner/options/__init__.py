"""Options of WITH, held against what the connectors' own factories say."""
