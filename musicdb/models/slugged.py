"""What the models of the catalogue that have pages share: an address that is made from the name."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from musicdb.models.slugs import MAX_LENGTH, alias_for_slug, unique_slug
from musicdb.models.validators import validate_slug_text


class SluggedModel(models.Model):
    """A row with a page. The first save makes its slug from its name; it then never changes."""

    slug_source: ClassVar[str] = "name"

    slug = models.SlugField(
        "address",
        max_length=MAX_LENGTH,
        unique=True,
        blank=True,
        validators=[validate_slug_text],
        help_text="The last part of the page's address. If blank, it is made from the name. It never changes.",
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(getattr(self, self.slug_source))

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            self.slug = unique_slug(type(self), getattr(self, self.slug_source), own=self.pk)
            if (update_fields := kwargs.get("update_fields")) is not None:
                kwargs["update_fields"] = {*update_fields, "slug"}
        super().save(*args, **kwargs)

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        # A blank slug is filled in when the row is saved, so its constraints do not apply yet.
        super().validate_constraints({*(exclude or ()), *(() if self.slug else ("slug",))})

    def validate_unique(self, exclude: Collection[str] | None = None) -> None:
        super().validate_unique(exclude)
        # A slug never changes, so only a new row can have one that leads to another row.
        if self._state.adding and self.slug and "slug" not in (exclude or ()):
            alias = alias_for_slug(type(self), self.slug)
            if alias is not None:
                message = f"This address leads to “{alias.target}”, as an address of “{alias}”. Choose another."
                raise ValidationError({"slug": message})

    def natural_key(self) -> tuple[str]:
        return (self.slug,)
