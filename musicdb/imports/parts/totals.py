"""Adds up what the parts of an import do: numbers, keys and samples, and no row."""

from dataclasses import dataclass, field, replace

from musicdb.imports.apply import Applied
from musicdb.imports.earlier import Earlier
from musicdb.imports.entities import Entity
from musicdb.imports.key_numbers import KeyNumbers
from musicdb.imports.plan import LeftDeleted, Plan, count_rows
from musicdb.imports.report import KeptField, kept_fields
from musicdb.imports.resolvers import AlbumResolver
from musicdb.models import Track
from musicdb.models.aggregates import CATALOGUE

_KEPT, _TAKEN = 1, 2


@dataclass
class _KeptRows:
    """The rows in which a field keeps its value, and those that take that of the file nevertheless."""

    label: str
    reasons: dict[str, None] = field(default_factory=dict)
    keys: KeyNumbers = field(default_factory=KeyNumbers)


class Totals:
    """What the parts of an import have done so far. ``plan`` has what is said of all together, without rows."""

    def __init__(self, earlier: Earlier) -> None:
        self.plan = Plan()
        self._earlier = earlier
        self._kept: dict[str, _KeptRows] = {}
        self._left_deleted: dict[tuple[object, ...], LeftDeleted] = {}

    def add(self, plan: Plan, albums: AlbumResolver) -> None:
        """Add what a part has done, once it is written. ``albums`` has found its albums."""
        earlier, total = self._earlier, self.plan
        for model, entities in plan.created.items():
            earlier.created[model].add(one.pk for one in entities if one.pk)
        for model, entities in plan.changed.items():
            created = earlier.created[model]
            earlier.changed[model].add(one.pk for one in entities if one.pk and one.pk not in created)
        for album, columns in albums.given.items():
            if album.pk:
                earlier.given[album.pk] |= columns
        for album, names in albums.more_artists.items():
            if album.pk:
                earlier.more_artists.setdefault(album.pk, set()).update(names)
        changed = plan.changed[Track]
        earlier.identified.add(one.pk for one in changed if one.pk and one.before.get("spotify_id", "") is None)
        total.unchanged += plan.unchanged
        total.problems += plan.problems
        total.playlists += plan.playlists
        total.notes += plan.notes
        total.about_tracks.add(plan.about_tracks)
        self._add_kept(plan)
        self._add_left_deleted(plan)

    @property
    def applied(self) -> Applied:
        """The keys of the rows that were created, and of those that were found and changed."""
        models = [aggregate.model for aggregate in CATALOGUE]
        created, changed = self._earlier.created, self._earlier.changed
        return Applied({model: created[model] for model in models}, {model: changed[model] for model in models})

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        return count_rows(self._earlier.created, self._earlier.changed, self.plan.unchanged)

    @property
    def kept_fields(self) -> list[KeptField]:
        """What was kept, field by field."""
        found = []
        for name, rows in self._kept.items():
            taken = sum(rows.keys[key] == _TAKEN for key in rows.keys)
            found.append(KeptField(name, rows.label, tuple(rows.reasons), len(rows.keys), taken))
        return found

    def _add_kept(self, plan: Plan) -> None:
        for one in kept_fields(plan):
            rows = self._kept.setdefault(one.name, _KeptRows(one.label))
            rows.reasons.update(dict.fromkeys(one.reasons))
        for kept in plan.kept:
            if kept.entity.pk:
                self._kept[kept.field].keys[kept.entity.pk] = _TAKEN if kept.is_taken else _KEPT

    def _add_left_deleted(self, plan: Plan) -> None:
        """Add the rows that editors have deleted. Several parts may mention one, and one of them may need it back."""
        for left in plan.left_deleted:
            entity = left.entity
            values = {name: entity.values.get(name) for name in (entity.model.slug_source, "spotify_id")}
            key = entity.model, *values.values(), left.ref if entity.model is Track else None
            known = self._left_deleted.setdefault(key, replace(left, entity=Entity(entity.model, values, is_new=True)))
            if left.returns and not known.returns:
                self._left_deleted[key] = replace(known, returns=True)
        order = {aggregate.model: place for place, aggregate in enumerate(CATALOGUE)}
        self.plan.left_deleted = sorted(self._left_deleted.values(), key=lambda left: order[left.entity.model])
