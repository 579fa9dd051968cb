"""The exports of the admin: of lists, of a playlist and of the whole library; at once, or as a transfer."""
