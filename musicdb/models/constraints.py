"""Constraints of the database, and conditions, that several models share."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, UniqueConstraint


class UniqueName(UniqueConstraint):
    """No two rows have one name. The message says which row has it, since that may be spelled otherwise."""

    def validate(self, model: Any, instance: Any, *args: Any, **options: Any) -> None:
        try:
            super().validate(model, instance, *args, **options)
        except ValidationError as error:
            column = next(iter(self.fields), "name")
            others = model._default_manager.exclude(pk=instance.pk)
            holder = others.filter(**{column: getattr(instance, column)}).first()
            if holder is None:
                # It has been deleted in the meantime.
                raise
            row = getattr(holder, "target", None)
            whose = f"It is “{holder}” ({holder.slug})." if row is None else f"It leads to “{row}” ({row.slug})."
            raise ValidationError(f"{error.message} {whose}", code=error.code) from error

    def deconstruct(self) -> Any:
        # The database knows no difference, so neither do migrations.
        _, args, options = super().deconstruct()
        return "django.db.models.UniqueConstraint", args, options


def null_or(**condition: Any) -> Q:
    """Return "unknown, or ``condition``" for a condition on one column."""
    (lookup,) = condition
    return Q(**{f"{lookup.split('__')[0]}__isnull": True}) | Q(**condition)


def is_web_url_or_empty(column: str) -> Q:
    """Return the condition that ``column`` is empty or an address on the web."""
    return Q(**{column: ""}) | Q(**{f"{column}__startswith": "https://"}) | Q(**{f"{column}__startswith": "http://"})
