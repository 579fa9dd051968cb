"""Pictures of clusters: the scatter plot as PNG and SVG, and small plots for previews. Only these import matplotlib.

``plots`` draws and ``svg`` writes; ``labels`` places the clusters' numbers, ``looks`` chooses their colours and shapes.
``point_map`` writes the points of the interactive map. It and ``looks`` need no matplotlib: web requests import them.
"""
