"""Find out what an undo would do, without writing anything: what it takes back, and what it leaves and why."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from musicdb.db import in_batches
from musicdb.history.diff import Names
from musicdb.history.record import rows_as_recorded
from musicdb.history.states import current_states
from musicdb.history.undo.claims import Claims
from musicdb.history.undo.uses import Use, find_uses
from musicdb.history.undo.way_back import WayBack, members_of, way_back
from musicdb.history.undo.written import Written, versions_before, written_by
from musicdb.models.aggregates import CATALOGUE, DELETION_ORDER, aggregate_of
from musicdb.models.history import DELETED, ChangeType
from musicdb.progress import Progress, no_progress

Model = type[Any]


@dataclass(frozen=True)
class UndoCounts:
    """How many rows of a model an undo deletes, restores, and leaves at least in part."""

    kind: str
    deleted: int
    restored: int
    left: int


class UndoPlan:
    """What an undo would do. It keeps keys of rows, and reads what else it needs a batch at a time.

    ``written`` are the rows that the change wrote, by model. ``differing`` are those that are not as the change left
    them. ``partial`` are the changed rows that the undo restores value by value, with whether it restores any.
    """

    def __init__(self, lookups: Mapping[str, Any]) -> None:
        self.lookups = lookups
        self.written: dict[Model, Written] = {one.model: written_by(one, lookups) for one in CATALOGUE}
        self.differing: dict[Model, set[int]] = {}
        self.used: dict[Model, dict[int, Use]] = {}
        self.partial: dict[Model, dict[int, bool]] = {one.model: {} for one in CATALOGUE}
        self.claims = Claims()
        self._not_restored: defaultdict[Model, set[int]] = defaultdict(set)
        # By model and key: what the partly restored rows point at afterwards, by column or relation.
        self._after: defaultdict[Model, dict[int, dict[str, frozenset[int]]]] = defaultdict(dict)

    @property
    def counts(self) -> list[UndoCounts]:
        """The counts of each model of which the change wrote any row."""
        return [
            UndoCounts(
                str(rows.aggregate.model._meta.verbose_name_plural),
                len(self.going(model)),
                len(self.restored(model)) + len(self.partly_restored(model)),
                len(self.left(model)),
            )
            for model, rows in self.written.items()
            if rows.created or rows.changed
        ]

    @property
    def does_nothing(self) -> bool:
        return not any(count.deleted or count.restored for count in self.counts)

    @property
    def leaves_something(self) -> bool:
        return any(self.left(model) for model in self.written)

    def going(self, model: Model) -> list[int]:
        """Return the keys of the created rows that the undo deletes."""
        return sorted(self.written[model].created - self.differing[model] - self.used[model].keys())

    def restored(self, model: Model) -> list[int]:
        """Return the keys of the changed rows that become what they were before."""
        return sorted(self.written[model].changed.keys() - self.partial[model].keys())

    def partly_restored(self, model: Model) -> list[int]:
        """Return the keys of the changed rows that get some of their values back, and keep others."""
        return sorted(key for key, restores in self.partial[model].items() if restores)

    def left(self, model: Model) -> list[int]:
        """Return the keys of the rows that the undo leaves, or restores in part only."""
        created = self.written[model].created & (self.differing[model] | self.used[model].keys())
        return sorted(created | self._not_restored[model])

    def ways_back(self, model: Model, keys: Sequence[int]) -> dict[int, WayBack]:
        """Return what the undo does with changed rows, by key. Rows that are gone or have no former version miss."""
        rows = self.written[model]
        before = versions_before(rows, keys)
        now = current_states(rows.aggregate, model._default_manager.filter(pk__in=keys).order_by("pk"))
        made = rows.aggregate.versions.in_bulk([rows.changed[key] for key in keys])
        names = Names(before.values())
        return {
            key: way_back(
                rows.aggregate,
                before[key],
                made[rows.changed[key]],
                now[key],
                names,
                self.claims.refused(model, key),
            )
            for key in keys
            if key in before and key in now
        }

    # --- How it is made ---------------------------------------------------------------------------------------------

    def compare(self, progress: Progress, *, lock: bool) -> None:
        """Find the rows that are not as the change left them. With ``lock`` nobody else can change any of them."""
        done, total = 0, sum(len(rows.keys) for rows in self.written.values())
        for model, rows in self.written.items():
            self.differing[model] = set()
            for batch in in_batches(rows.keys):
                progress("Comparing rows", done, total)
                done += len(batch)
                if lock:
                    locked = model._default_manager.filter(pk__in=batch).order_by("pk").select_for_update(of=("self",))
                    list(locked.values_list("pk", flat=True))
                as_made = rows_as_recorded(rows.aggregate, batch, **self.lookups)
                self.differing[model].update(set(batch).difference(as_made.values_list("pk", flat=True)))
            self._forget_undone(rows)
            self._forget_losses(rows)

    def _forget_undone(self, rows: Written) -> None:
        """Leave out the rows that an earlier undo of the same change has deleted."""
        aggregate, differing = rows.aggregate, self.differing[rows.aggregate.model]
        lookups = {**self.lookups, "change_type": ChangeType.UNDO, "history_type": DELETED}
        for batch in in_batches(sorted(differing & rows.created)):
            rows.created.difference_update(
                aggregate.versions.filter(**lookups, id__in=batch).order_by().values_list("id", flat=True)
            )

    def _forget_losses(self, rows: Written) -> None:
        """Do not count it as a change that a created row lost what was deleted, as a playlist loses a track."""
        aggregate, differing = rows.aggregate, self.differing[rows.aggregate.model]
        for batch in in_batches(sorted(differing & rows.created)):
            since = aggregate.versions.filter(id__in=batch).exclude(**self.lookups).order_by()
            changed = set(since.exclude(change_type=ChangeType.DELETION).values_list("id", flat=True))
            as_left = rows_as_recorded(
                aggregate, [key for key in batch if key not in changed], change_type=ChangeType.DELETION
            )
            differing.difference_update(as_left.values_list("pk", flat=True))

    def decide_restores(self) -> None:
        for model, rows in self.written.items():
            differing = self.differing[model] & rows.changed.keys()
            for batch in in_batches(sorted(rows.changed.keys() - differing)):
                before = versions_before(rows, batch)
                names = Names(before.values())
                differing.update(key for key in batch if key not in before or any(names.missing(before[key])))
                self.claims.add(rows.aggregate, [before[key] for key in batch if key not in differing])
            for batch in in_batches(sorted(differing)):
                self._restore_in_part(model, batch)

    def _restore_in_part(self, model: Model, keys: Iterable[int]) -> None:
        keys, aggregate = list(keys), aggregate_of(model)
        ways = self.ways_back(model, keys)
        for key in keys:
            way = ways.get(key)
            self.partial[model][key] = bool(way and way.restored)
            if way is None or way.leaves_something:
                self._not_restored[model].add(key)
            if way is not None:
                self._after[model][key] = members_of(aggregate, way.target)
        self.claims.add(aggregate, [ways[key].target for key in keys if key in ways])

    def decide_deletes(self, progress: Progress) -> None:
        """Find what uses the created rows. Those that use others come first, so it is known whether they go."""
        for aggregate in DELETION_ORDER:
            model = aggregate.model
            progress(f"Looking for what uses {model._meta.verbose_name_plural}", 0, None)
            wanted = sorted(self.written[model].created - self.differing[model])
            self.used[model] = find_uses(aggregate, wanted, self._still_uses)

    def _still_uses(self, model: Model, user: int, name: str, used: int) -> bool:
        rows = self.written[model]
        if user in rows.created:
            return user in self.differing[model] or user in self.used[model]
        if user in self._after[model]:
            return used in self._after[model][user][name]
        # What a row was before the change cannot use what the change created.
        return user not in rows.changed or user in self.partial[model]

    def decide_claims(self) -> None:
        """Leave the names, ids and addresses of rows that others will have after the undo."""
        going = {model: set(self.going(model)) for model in self.written}
        for model, keys in self.claims.refuse(going).items():
            for batch in in_batches(sorted(keys)):
                self._restore_in_part(model, batch)


def make_plan(lookups: Mapping[str, Any], progress: Progress = no_progress, *, lock: bool = False) -> UndoPlan:
    """Find out what an undo of a change would do. ``lookups`` find its versions.

    With ``lock`` the rows stay as they are until the transaction ends, so that the plan can be carried out.
    """
    plan = UndoPlan(lookups)
    plan.compare(progress, lock=lock)
    plan.decide_restores()
    plan.decide_deletes(progress)
    plan.decide_claims()
    return plan
