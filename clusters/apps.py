from django.apps import AppConfig


class ClustersConfig(AppConfig):
    name = "clusters"
    verbose_name = "Clusters"
    # What only editors see. A change to any other model gives the library a new version (musicdb.db.library_version).
    private_models = {"MisplacedTrack", "Preview", "PreviewPlot", "ReclusterJob", "ReclusterTask", "WorkerHeartbeat"}

    def ready(self) -> None:
        from clusters.jobs.transfers import send_transfer
        from musicdb.transfers import register_sender

        register_sender(send_transfer)
