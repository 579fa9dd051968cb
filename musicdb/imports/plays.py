"""Counts how often tracks were played, by what histories and programs say. No database here."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Plays:
    """The plays of a track that the files of an import know of.

    ``minutes`` are those in which it was played, in minutes since 1970, by the service that says so. Two files that
    have the same minute mean one play. ``stated`` is the highest count that a program states without saying when.
    """

    minutes: dict[str, set[int]] = field(default_factory=dict)
    stated: int = 0

    @classmethod
    def one(cls, service: str, minute: int) -> "Plays":
        return cls({service: {minute}})

    def add(self, other: "Plays") -> None:
        for service, minutes in other.minutes.items():
            self.minutes.setdefault(service, set()).update(minutes)
        self.stated = max(self.stated, other.stated)

    @property
    def number(self) -> int:
        """The highest count of any service. Counts are not added, since two services may know of the same play."""
        return max((self.stated, *map(len, self.minutes.values())))
