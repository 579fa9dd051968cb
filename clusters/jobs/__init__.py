"""Recluster jobs: genres that workers recluster, and how far they are."""
