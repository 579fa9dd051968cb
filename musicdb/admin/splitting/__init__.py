"""Splitting an artist that is several: the page that asks how, and the one that shows what that changes."""

from musicdb.admin.splitting.admin import SplittableAdmin

__all__ = ["SplittableAdmin"]
