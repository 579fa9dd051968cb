"""Whether a row of the catalogue has a public page."""

from django.db import models


class Visibility(models.TextChoices):
    """``AUTOMATIC`` leaves it to the site's rule; the other two are an editor's decision, which no rule changes."""

    AUTOMATIC = "automatic", "automatic"
    SHOWN = "shown", "shown"
    HIDDEN = "hidden", "hidden"
