"""Data sets of tracks that people have published."""
