from django.apps import AppConfig


class ClustersConfig(AppConfig):
    name = "clusters"
    verbose_name = "Clusters"

    def ready(self) -> None:
        from clusters.jobs.transfers import send_transfer
        from musicdb.transfers import register_sender

        register_sender(send_transfer)
