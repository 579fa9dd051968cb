"""Merge many groups of rows, each by itself: one that fails does not take the others with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import Error

from musicdb.db import explain
from musicdb.editing.merge import Merged, MergeError, merge
from musicdb.editing.merge_values import Choices


@dataclass(frozen=True)
class MergeGroup:
    """Rows to merge: ``others`` into ``survivor``, with the values that an editor chose."""

    survivor: Any
    others: Sequence[Any]
    choices: Choices = field(default_factory=dict)


@dataclass
class MergedGroups:
    """The merges that were done, each to be undone by itself, and why the others failed: a sentence each."""

    merged: list[Merged] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def gone(self) -> int:
        """How many rows the merges deleted."""
        return sum(merged.others for merged in self.merged)


def merge_groups(groups: Iterable[MergeGroup], user: AbstractBaseUser) -> MergedGroups:
    """Merge each group in a transaction of its own."""
    done = MergedGroups()
    for group in groups:
        try:
            done.merged.append(merge(group.survivor, group.others, user, group.choices))
        except MergeError as error:
            done.failures.append(f"“{group.survivor}”: {error}")
        except Error as error:
            done.failures.append(f"“{group.survivor}”: {explain(error)}")
    return done
