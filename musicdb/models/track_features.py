"""The columns of a track's audio features."""

from django.db import models

from musicdb.models.constraints import null_or
from musicdb.models.fields import FiniteFloatField
from musicdb.music import AUDIO_FEATURES


class AudioFeatures(models.Model):
    """The twelve audio features of a track. An unknown feature is null, never zero."""

    danceability = FiniteFloatField(null=True, blank=True)
    energy = FiniteFloatField(null=True, blank=True)
    speechiness = FiniteFloatField(null=True, blank=True)
    acousticness = FiniteFloatField(null=True, blank=True)
    instrumentalness = FiniteFloatField(null=True, blank=True)
    liveness = FiniteFloatField(null=True, blank=True)
    valence = FiniteFloatField(null=True, blank=True)
    tempo = FiniteFloatField(null=True, blank=True)
    loudness = FiniteFloatField(null=True, blank=True)
    key = models.SmallIntegerField(null=True, blank=True)
    mode = models.SmallIntegerField(null=True, blank=True)
    time_signature = models.SmallIntegerField(null=True, blank=True)
    features_source = models.CharField(
        "source of the features",
        max_length=100,
        blank=True,
        help_text="Where the features come from, such as a service or a data set.",
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=null_or(**{f"{feature.name}__range": (feature.lowest, feature.highest)}),
                name=f"%(class)s_{feature.name}_range",
                violation_error_message=(
                    f"{feature.label} must be from {feature.lowest:g} to {feature.highest:g}, or blank if unknown."
                ),
            )
            for feature in AUDIO_FEATURES
        ]
