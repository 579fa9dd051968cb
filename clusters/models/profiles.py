"""What the tracks of a run are like, for the pages: stored with the run, so that no page counts a large collection."""

from django.db import models

from clusters.models.runs import Run


class RunProfile(models.Model):
    """How the features, years, artists, labels, albums and genres of a run's tracks are distributed, as of the run.

    It names rows by their keys. Some may have been deleted or merged since; pages leave them out.
    """

    run = models.OneToOneField(Run, on_delete=models.CASCADE, primary_key=True, related_name="profile")
    means = models.JSONField(help_text="The mean of each feature.")
    quantiles = models.JSONField(help_text="The value of each feature at each percent of the recordings.")
    extremes = models.JSONField(help_text="By feature, the tracks with the least and with the most of it.")
    years = models.JSONField(help_text="Pairs of a year of release and how many tracks are of it.")
    leading = models.JSONField(
        help_text="The artists, labels, albums and other genres with the most tracks, each with their number."
    )
    artist_means = models.JSONField(help_text="The mean of each feature over the tracks of each leading artist.")
    clusters = models.JSONField(help_text="By number, the years and the leading artists of each cluster.")

    def __str__(self) -> str:
        return f"Profile of {self.run}"
