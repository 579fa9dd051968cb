from django.apps import AppConfig


class MusicdbConfig(AppConfig):
    name = "musicdb"
    verbose_name = "Catalogue"
    # What only editors see. A change to any other model gives the library a new version (musicdb.db.library_version).
    private_models = {
        *("HistoricalGenre", "HistoricalArtist", "HistoricalLabel"),
        *("HistoricalAlbum", "HistoricalTrack", "HistoricalPlaylist"),
        *("DismissedDuplicate", "GroupedChange", "Import", "NotUndone", "SavedFilter", "SavedMapping", "Transfer"),
    }

    def ready(self) -> None:
        from musicdb.history import signals

        signals.connect()
