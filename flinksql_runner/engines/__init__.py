"""Places where jobs run, behind one small protocol."""
