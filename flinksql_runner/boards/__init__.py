"""Dashboards of a project: ``dashboards/*.yml`` as checked values."""
