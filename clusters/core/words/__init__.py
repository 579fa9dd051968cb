"""Words for axes, clusters and shades, names for clusters, and why a track is in its cluster. No scikit-learn here."""
