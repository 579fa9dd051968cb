"""The catalogue over REST. ``clusters.api`` adds the clusters; the root urls.py joins the two."""
