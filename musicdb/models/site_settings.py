"""What an administrator decides about the site as a whole: its name, its colour, and which names have a page."""

from typing import Any

from django.core.validators import MinValueValidator
from django.db import connection, models
from django.db.models import Q

from musicdb.db import library_version
from musicdb.models.fields import NameField
from musicdb.models.validators import validate_colour, validate_integer_size

THE_ROW = 1
DEFAULT_NAME = "musicdb"


class PageRule(models.TextChoices):
    """Which artists and labels with the visibility *automatic* have a page."""

    ALL = "all", "all of them"
    TRACKS = "tracks", "those with enough tracks"
    LIKED = "liked", "those with a liked track"
    NONE = "none", "none of them"


class SiteSettings(models.Model):
    """The settings of the site. There is one row, or none as long as every setting has its default."""

    id = models.PositiveSmallIntegerField(primary_key=True, editable=False)
    name = NameField(max_length=100, default=DEFAULT_NAME, help_text="Stands at the top of every page.")
    introduction = models.TextField(blank=True, help_text="Shown at the top of the home page.")
    colour = models.CharField(
        max_length=7,
        blank=True,
        validators=[validate_colour],
        help_text=(
            "The colour of links, buttons and bars, such as #3b3a8f. Where it would be hard to read, the pages use a "
            "lighter or darker shade of it. If blank, the usual colours."
        ),
    )
    page_rule = models.CharField(
        "automatic pages",
        max_length=6,
        choices=PageRule,
        default=PageRule.ALL.value,
        help_text="Which artists and labels have a page, of those whose visibility is “automatic”.",
    )
    min_tracks = models.PositiveIntegerField(
        "tracks needed",
        default=5,
        validators=[MinValueValidator(1), validate_integer_size],
        help_text="How many tracks are enough. Used only by “those with enough tracks”.",
    )

    class Meta:
        verbose_name = "site settings"
        verbose_name_plural = "site settings"
        constraints = [
            models.CheckConstraint(condition=Q(pk=THE_ROW), name="sitesettings_one_row"),
            models.CheckConstraint(condition=~Q(name=""), name="sitesettings_name_not_empty"),
            models.CheckConstraint(condition=Q(page_rule__in=PageRule.values), name="sitesettings_page_rule"),
            models.CheckConstraint(condition=Q(min_tracks__gte=1), name="sitesettings_min_tracks"),
        ]

    def __str__(self) -> str:
        return "Site settings"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = THE_ROW
        super().save(*args, **kwargs)

    @property
    def colour_digits(self) -> str:
        """The colour as it stands in the address of its stylesheet: 3b3a8f."""
        return self.colour.removeprefix("#").lower()

    @staticmethod
    def load() -> "SiteSettings":
        """Return the settings as the database has them now, or the defaults, which are not saved. One query."""
        return SiteSettings.objects.first() or SiteSettings(pk=THE_ROW)

    @staticmethod
    def load_with_version() -> "tuple[SiteSettings, str]":
        """Return the settings, and the version of the library that they and all else have at least. One query.

        Read before all else, the version is never newer than what else is read.
        """
        table, fields = SiteSettings._meta.db_table, SiteSettings._meta.concrete_fields
        columns = ", ".join(f"settings.{field.column}" for field in fields)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {library_version.expression(connection)}, {columns} "  # noqa: S608
                f"FROM (SELECT 1) AS always LEFT JOIN {table} AS settings ON settings.id = {THE_ROW}"
            )
            version, *values = cursor.fetchone()
        known = values[0] is not None
        names = [field.attname for field in fields]
        settings = SiteSettings.from_db(connection.alias, names, values) if known else SiteSettings(pk=THE_ROW)
        return settings, str(version)
