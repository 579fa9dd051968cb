"""The REST interface to the catalogue. It reads only. ``clusters.api`` adds the clusters."""
