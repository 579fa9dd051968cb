"""The key by which names are compared, as a column that is always that of the name beside it."""

from collections.abc import Collection, Iterable
from typing import Any, TypeVar

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from musicdb.music import name_key


class _NameKeyAttribute(DeferredAttribute):
    """The key of the instance's name, whatever was assigned to it."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        field: Any = self.field
        name = None if instance is None else instance.__dict__.get(field.derived_from)
        return super().__get__(instance, cls) if name is None else name_key(name)

    def __set__(self, instance: Any, value: Any) -> None:
        # Django takes a column for deferred unless the instance has a value of it.
        instance.__dict__[self.field.attname] = value


class NameKeyField(models.CharField):
    """The ``name_key`` of another column of the row, stored so that the database can compare by it.

    It computes itself: an instance derives it from the name, ``musicdb.db.bulk`` from the names that it writes, and a
    look-up from the name that it is given. ``KeyedQuerySet`` and ``KeyedByName`` do so for partial updates. It is
    neither edited, nor serialised, nor versioned.
    """

    descriptor_class = _NameKeyAttribute
    # Folding can make three letters of one, and the longest name has 300.
    MAX_LENGTH = 900

    def __init__(self, derived_from: str = "name", **options: Any) -> None:
        self.derived_from = derived_from
        defaults = {"max_length": self.MAX_LENGTH, "editable": False, "serialize": False}
        super().__init__(**{**defaults, **options})

    @staticmethod
    def derive(name: str) -> str:
        return name_key(name)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "derived_from": self.derived_from}

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return name_key(prepared) if isinstance(prepared, str) else prepared


Row = TypeVar("Row", bound=models.Model)


class KeyedQuerySet(models.QuerySet[Row]):
    """Rows whose key follows when their name is updated."""

    def update(self, **values: Any) -> int:
        if "name" in values and "name_key" not in values:
            if not isinstance(values["name"], str):
                raise TypeError("A name cannot be updated by an expression, since its key is computed in Python.")
            values["name_key"] = values["name"]
        return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_update(self, objs: Iterable[Row], fields: Iterable[str], batch_size: int | None = None) -> int:
        names = list(fields)
        if "name" in names and "name_key" not in names:
            names.append("name_key")
        return super().bulk_update(objs, names, batch_size)

    bulk_update.alters_data = True  # type: ignore[attr-defined]


class KeyedByName(models.Model):
    """A row with a ``name``, and the key by which the name is compared."""

    name_key = NameKeyField()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if "name" in self.__dict__:
            # A key that was not read from the database is written all the same.
            self.__dict__["name_key"] = self.name_key
        if "name" in (fields := kwargs.get("update_fields") or ()):
            kwargs["update_fields"] = {*fields, "name_key"}
        super().save(*args, **kwargs)

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        # No form has a field for the key. What a form says about the name holds for the key.
        excluded = {*(exclude or ())} - {"name_key"}
        super().validate_constraints(excluded | ({"name_key"} if "name" in excluded else set()))
