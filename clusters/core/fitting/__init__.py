"""Fits: k-means for every k, how far each fit holds, the choice of k, numbers that last, and shades.

In order: ``kmeans`` fits, ``quality`` and ``refits`` measure (``agreement`` compares two partitions), ``division``
finds out whether the tracks divide, ``choice`` has the rules for k and ``fit`` applies them, ``matching`` gives each
cluster the number that it had in the previous run, ``shades`` cuts each cluster more finely.
"""
