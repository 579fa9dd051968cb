"""The keys by which names are compared, searched for and sorted: columns that follow from the name beside them."""

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from musicdb.db.text_search import Mentions
from musicdb.music import Articles, jump_letter, name_key, search_key, sort_key


class _KeyAttribute(DeferredAttribute):
    """The key of the instance's name, whatever was assigned to it."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        field: Any = self.field
        name = None if instance is None else instance.__dict__.get(field.derived_from)
        return super().__get__(instance, cls) if name is None else field.derive(name)

    def __set__(self, instance: Any, value: Any) -> None:
        # Django takes a column for deferred unless the instance has a value of it.
        instance.__dict__[self.field.attname] = value


class KeyField(models.CharField):
    """A key of another column of the row, stored so that the database can use it.

    It computes itself: an instance derives it from the name, and ``musicdb.db.bulk`` from the names that it writes.
    ``KeyedQuerySet`` and ``KeyedModel`` do so for partial updates. It is neither edited, nor serialised, nor versioned.
    """

    descriptor_class = _KeyAttribute
    MAX_LENGTH: ClassVar[int]

    def __init__(self, derived_from: str = "name", **options: Any) -> None:
        self.derived_from = derived_from
        defaults = {"max_length": self.MAX_LENGTH, "editable": False, "serialize": False}
        super().__init__(**{**defaults, **options})

    def derive(self, name: str) -> str:
        """Return the key of ``name``."""
        raise NotImplementedError

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "derived_from": self.derived_from}


class NameKeyField(KeyField):
    """The ``name_key`` of a name. A look-up takes any spelling."""

    # Folding can make three letters of one, and the longest name has 300.
    MAX_LENGTH = 900

    def derive(self, name: str) -> str:
        return name_key(name)

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return name_key(prepared) if isinstance(prepared, str) else prepared


class SearchKeyField(KeyField):
    """The ``search_key`` of a name. A look-up, such as ``mentions``, takes what a person types."""

    # In bytes, so that an index of PostgreSQL, whose rows are short, can hold this key and the one to sort by.
    MAX_LENGTH = 2_000

    def __init__(self, derived_from: str = "name", **options: Any) -> None:
        super().__init__(derived_from, **{"blank": True, **options})

    def derive(self, name: str) -> str:
        return _cut(search_key(name), self.MAX_LENGTH)

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return self.derive(prepared) if isinstance(prepared, str) else prepared


SearchKeyField.register_lookup(Mentions, "mentions")
# Django's own search, of lists that have no search of ours.
SearchKeyField.register_lookup(Mentions, "icontains")


class SortKeyField(KeyField):
    """The ``sort_key`` of a name, with the articles of the setting SORT_ARTICLES. Every database compares its bytes."""

    # In bytes. Names that are equal so far are sorted by primary key.
    MAX_LENGTH = 500

    def __init__(self, derived_from: str = "name", **options: Any) -> None:
        super().__init__(derived_from, **{"blank": True, **options})

    def derive(self, name: str) -> str:
        return _cut(sort_key(name, _articles(tuple(settings.SORT_ARTICLES))), self.MAX_LENGTH)

    def db_parameters(self, connection: Any) -> Any:
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            # SQLite compares bytes by itself.
            parameters["collation"] = "C"
        return parameters


@lru_cache(maxsize=2)
def _articles(given: tuple[str, ...]) -> Articles:
    return Articles.of(given)


def _cut(key: str, most_bytes: int) -> str:
    # No character takes more than four bytes.
    return key if len(key) * 4 <= most_bytes else key.encode()[:most_bytes].decode(errors="ignore")


@lru_cache(maxsize=100)
def key_fields(model: type[models.Model]) -> tuple[KeyField, ...]:
    """Return the columns of ``model`` that follow from its name or title."""
    return tuple(field for field in model._meta.concrete_fields if isinstance(field, KeyField))


Row = TypeVar("Row", bound=models.Model)


class KeyedQuerySet(models.QuerySet[Row]):
    """Rows whose keys follow when their name is updated."""

    def update(self, **values: Any) -> int:
        for field in key_fields(self.model):
            if field.derived_from in values and field.name not in values:
                name = values[field.derived_from]
                if not isinstance(name, str):
                    raise TypeError("A name cannot be updated by an expression, since its keys are computed in Python.")
                values[field.name] = field.derive(name)
        return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_update(self, objs: Iterable[Row], fields: Iterable[str], batch_size: int | None = None) -> int:
        return super().bulk_update(objs, _with_keys(self.model, fields), batch_size)

    bulk_update.alters_data = True  # type: ignore[attr-defined]


class KeyedModel(models.Model):
    """A row with keys that follow from its name or title."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        for field in key_fields(type(self)):
            if field.derived_from in self.__dict__:
                # A key that was not read from the database is written all the same.
                self.__dict__[field.attname] = getattr(self, field.attname)
        if update_fields := kwargs.get("update_fields"):
            kwargs["update_fields"] = _with_keys(type(self), update_fields)
        super().save(*args, **kwargs)

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        # No form has a field for a key. What a form says about the name holds for the key.
        excluded = {*(exclude or ())}
        for field in key_fields(type(self)):
            (excluded.add if field.derived_from in excluded else excluded.discard)(field.name)
        super().validate_constraints(excluded)


def _with_keys(model: type[models.Model], fields: Iterable[str]) -> list[str]:
    names = list(fields)
    return names + [key.name for key in key_fields(model) if key.derived_from in names and key.name not in names]


class KeyedByName(KeyedModel):
    """A row with a ``name``, and the key by which the name is compared."""

    name_key = NameKeyField()

    class Meta:
        abstract = True


class SearchedByName(KeyedModel):
    """A row that searches find by its ``name``."""

    search_key = SearchKeyField()

    class Meta:
        abstract = True


class ListedByName(SearchedByName):
    """A row that searches find, and lists sort, by its ``name``. See ``list_index`` and ``musicdb.search.indexes``."""

    sort_key = SortKeyField()

    class Meta:
        abstract = True

    @property
    def jump_letter(self) -> str:
        """The letter under which a list has the row."""
        return jump_letter(self.sort_key)


class ListedByTitle(KeyedModel):
    """As ``ListedByName``, by a ``title``."""

    search_key = SearchKeyField("title")
    sort_key = SortKeyField("title")

    class Meta:
        abstract = True

    @property
    def jump_letter(self) -> str:
        """The letter under which a list has the row."""
        return jump_letter(self.sort_key)


def list_index(name: str) -> models.Index:
    """Return the index that gives a list its order, and in which SQLite searches without reading the rows."""
    return models.Index(fields=["sort_key", "id", "search_key"], name=name)


def search_index(name: str, *more: str) -> models.Index:
    """Return the index that finds rows whose search key equals a text or begins with it. It has ``more`` keys in it."""
    # LIKE needs this class on PostgreSQL. SQLite has no such classes.
    opclasses = ["text_pattern_ops", *("int8_ops" for _ in more)]
    return models.Index(fields=["search_key", *more], name=name, opclasses=opclasses)
