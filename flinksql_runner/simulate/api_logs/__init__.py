"""Access logs of a web API: clients of all countries, and attacks among them that are labelled."""
