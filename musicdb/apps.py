from django.apps import AppConfig


class MusicdbConfig(AppConfig):
    name = "musicdb"
    verbose_name = "Catalogue"

    def ready(self) -> None:
        from musicdb.history import signals

        signals.connect()
