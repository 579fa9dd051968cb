"""The clusters' admin: runs to read, compare and publish, clusters to name, collections to recluster."""

from clusters.admin import collections, dashboard, jobs, links, misplaced, parts, runs

dashboard.register()
links.register()

__all__ = ["collections", "dashboard", "jobs", "links", "misplaced", "parts", "runs"]
