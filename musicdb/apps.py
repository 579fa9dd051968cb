from django.apps import AppConfig


class MusicdbConfig(AppConfig):
    name = "musicdb"
    verbose_name = "Catalogue"
