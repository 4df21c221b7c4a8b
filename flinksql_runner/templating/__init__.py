"""Jinja: render SQL files, with a map from each rendered position back to the template."""
