"""Jars and assets: which a project needs, exactly which files they are, and how they get here."""
