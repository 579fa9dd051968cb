"""Runs: read the tracks, compute, store, publish, compare."""
