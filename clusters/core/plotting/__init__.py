"""Pictures of clusters: the scatter plot as PNG and SVG, and small plots for previews. Only these import matplotlib, and not all of them.

``plots`` draws and ``svg`` writes; ``labels`` places the clusters' numbers, ``looks`` chooses their colours and shapes.
``point_map`` writes the points for the interactive map, which needs no matplotlib.
"""
