"""The public pages of clusters, as HTML and Markdown."""
