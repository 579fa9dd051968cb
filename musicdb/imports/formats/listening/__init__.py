"""Files that mention tracks: what was played, saved or put on a playlist, by programs that know little else of them."""
