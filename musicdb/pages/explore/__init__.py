"""Tracks of any selection as points, by any two of their features."""

from musicdb.pages.explore.views import ExploreView

__all__ = ["ExploreView"]
