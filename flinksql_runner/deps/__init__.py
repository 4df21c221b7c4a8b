"""Jars and assets: resolve, lock, download, verify."""
