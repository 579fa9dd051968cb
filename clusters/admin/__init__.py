"""The clusters' admin: runs to read, compare and publish, clusters to name, and what both add to the list of genres."""

from clusters.admin import genres, parts, reclusterings, runs

__all__ = ["genres", "parts", "reclusterings", "runs"]
