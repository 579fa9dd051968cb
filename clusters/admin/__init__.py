"""The clusters' admin: runs to read, compare and publish, clusters to name, and what both add to the list of genres."""

from clusters.admin import dashboard, genres, jobs, links, parts, runs

dashboard.register()
links.register()

__all__ = ["dashboard", "genres", "jobs", "links", "parts", "runs"]
