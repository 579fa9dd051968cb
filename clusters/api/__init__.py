"""Clusters over REST, beside the catalogue."""
