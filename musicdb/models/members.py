"""The rows that give albums their labels and artists, and tracks their artists, in order."""

from django.db import models

from musicdb.models.catalogue import Album, Artist, Label, Track


class AlbumLabel(models.Model):
    """A label of an album, at its place in the order."""

    album = models.ForeignKey(Album, on_delete=models.CASCADE, related_name="album_labels")
    label = models.ForeignKey(Label, on_delete=models.PROTECT, related_name="album_labels")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        verbose_name = "label of the album"
        verbose_name_plural = "labels, in order"
        constraints = [
            models.UniqueConstraint(fields=["album", "label"], name="album_label_once"),
            models.UniqueConstraint(fields=["album", "position"], name="album_label_order"),
        ]

    def __str__(self) -> str:
        return str(self.label.name)


class AlbumArtist(models.Model):
    """An artist of an album, at its place in the order. The artists of its tracks may be others."""

    album = models.ForeignKey(Album, on_delete=models.CASCADE, related_name="album_artists")
    artist = models.ForeignKey(Artist, on_delete=models.PROTECT, related_name="album_artists")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        verbose_name = "artist of the album"
        verbose_name_plural = "album artists, in order"
        constraints = [
            models.UniqueConstraint(fields=["album", "artist"], name="album_artist_once"),
            models.UniqueConstraint(fields=["album", "position"], name="album_artist_order"),
        ]

    def __str__(self) -> str:
        return str(self.artist.name)


class TrackArtist(models.Model):
    """An artist of a track, at its place in the order."""

    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="track_artists")
    artist = models.ForeignKey(Artist, on_delete=models.PROTECT, related_name="track_artists")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        verbose_name = "artist of the track"
        verbose_name_plural = "artists, in order"
        constraints = [
            models.UniqueConstraint(fields=["track", "artist"], name="track_artist_once"),
            models.UniqueConstraint(fields=["track", "position"], name="track_artist_order"),
        ]

    def __str__(self) -> str:
        return str(self.artist.name)
