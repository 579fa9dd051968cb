"""Short names for the clusters of a run, from what sets each apart: how it sounds, its genres, years and labels.

It needs no scipy, since the process that stores a run has the genres and labels but must not import it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from clusters.core.features import BY_NAME
from clusters.core.words.captions import MIN_EFFECT, clear_differences, standard_error

MAX_LENGTH = 100
# A longer name is shortened where fewer words still tell the cluster apart.
SHORT = 40
MAX_FEATURES = 2
# A difference of two standard errors is seldom due to chance.
MIN_ERRORS = 2
# If another cluster lies nearly as far in the direction of the words (in standard deviations), a further word is added.
MIN_LEAD = 0.25
# More than the value of any words.
LAST = 1000.0

# A genre, decade or label is named if it has this share of the cluster's tracks, and this many times the share that it
# has in any other cluster; and if so many would come together by chance less often than this, whatever was tried.
MOSTLY = 0.5
OFTEN = 0.25
MIN_RATIO = 1.5
MAX_CHANCE = 0.01

Words = tuple[tuple[str, bool], ...]  # Features, each with whether the cluster has more of it.


@dataclass(frozen=True)
class Profile:
    """A cluster. ``deviations``: by feature, its mean less the collection's, in standard deviations of the latter."""

    number: int
    size: int
    deviations: Mapping[str, float]


@dataclass(frozen=True)
class Trait:
    """Something that tracks can have: a genre, a decade or a label. ``counts``: tracks that have it, by cluster."""

    words: str
    counts: Mapping[int, int]


def names_of(profiles: Sequence[Profile], traits: Iterable[Trait] = ()) -> dict[int, str]:
    """Return a name for each cluster, by its number. No two are equal, whatever their case.

    A name is empty if nothing sets the cluster apart, such as that of a single one.
    """
    if len(profiles) < 2:
        return {profile.number: "" for profile in profiles}
    total = sum(profile.size for profile in profiles)
    traits = list(traits)
    choices = []
    for profile in profiles:
        others = [other for other in profiles if other is not profile]
        trait = _trait_of(profile, profiles, traits)
        for value, words in _ranked(profile, others, total):
            choices.append((value, profile.number, _in_words(profile, words, trait)))
        if trait:
            choices.append((-math.inf, profile.number, _capitalised(trait)))
    names: dict[int, str] = {}
    taken: set[str] = set()
    # The cluster that a name fits best gets it, and the next one takes another.
    for _, number, name in sorted(choices, key=lambda choice: (-choice[0], choice[1])):
        key = name.casefold()
        if number not in names and key not in taken and len(name) <= MAX_LENGTH:
            names[number] = name
            taken.add(key)
    return {profile.number: names.get(profile.number, "") for profile in profiles}


def chance_of(drawn: int, size: int, having: int, total: int) -> float:
    """Return the probability that of ``size`` tracks, drawn from ``total``, at least ``drawn`` have what ``having`` do.

    It is the upper tail of the hypergeometric distribution.

    >>> round(chance_of(2, 2, 2, 4), 4)
    0.1667
    """
    lowest, highest = max(0, size + having - total), min(size, having)
    if drawn <= lowest:
        return 1.0
    if drawn > highest:
        return 0.0
    logarithm = _log_choose(having, drawn) + _log_choose(total - having, size - drawn) - _log_choose(total, size)
    term = math.exp(logarithm)
    tail = 0.0
    for count in range(drawn, highest + 1):
        tail += term
        term *= (having - count) * (size - count) / ((count + 1) * (total - having - size + count + 1))
    return min(1.0, tail)


def _log_choose(total: int, part: int) -> float:
    return math.lgamma(total + 1) - math.lgamma(part + 1) - math.lgamma(total - part + 1)


# --- Features --------------------------------------------------------------------------------------------------------


def _ranked(profile: Profile, others: Sequence[Profile], total: int) -> list[tuple[float, Words]]:
    """Return the sets of words that are true of the cluster, each with its value.

    The value is how far the cluster lies in the direction of the words, plus how far it is ahead of the next cluster in
    that direction.
    """
    deviations, error = profile.deviations, standard_error(profile.size, total)
    clear = [name for name in clear_differences(deviations, error) if abs(deviations[name]) >= MIN_ERRORS * error]
    strong = [name for name in clear if abs(deviations[name]) >= MIN_EFFECT]
    plain = [chosen for number in range(1, MAX_FEATURES + 1) for chosen in combinations(strong, number)]
    slight = [name for name in clear if name not in strong]
    if not strong:
        plain = [(name,) for name in slight]
    # A third word, or one for a small difference, is there only to tell the cluster apart.
    further = list(combinations(strong, MAX_FEATURES + 1))
    further += [(*chosen, name) for chosen in plain if strong for name in slight]

    leads = {chosen: _lead(profile, others, chosen) for chosen in (*plain, *further)}

    def ranked(sets: Iterable[tuple[str, ...]]) -> list[tuple[float, Words]]:
        valued = ((_along(profile, chosen, profile) + leads[chosen], chosen) for chosen in sets)
        in_order = sorted(valued, key=lambda pair: (-pair[0], pair[1]))
        return [(value, tuple((name, deviations[name] > 0) for name in chosen)) for value, chosen in in_order]

    is_apart = any(leads[chosen] >= MIN_LEAD for chosen in plain)
    # Where the plain words suffice, the further ones are the last resort.
    cost = LAST if is_apart else 0.0
    return ranked(plain) + [(value - cost, words) for value, words in ranked(further)]


def _along(profile: Profile, names: Sequence[str], of: Profile) -> float:
    """Return how far ``profile`` lies in the direction in which ``of`` differs by these features."""
    amounts = (math.copysign(1, of.deviations[name]) * profile.deviations.get(name, 0.0) for name in names)
    return math.fsum(amounts) / math.sqrt(len(names))


def _lead(profile: Profile, others: Sequence[Profile], names: Sequence[str]) -> float:
    return _along(profile, names, profile) - max(_along(other, names, profile) for other in others)


def _in_words(profile: Profile, words: Words, trait: str) -> str:
    strong = [_adjective(word) for word in words if abs(profile.deviations[word[0]]) >= MIN_EFFECT]
    weak = [f"slightly {_adjective(word)}" for word in words if abs(profile.deviations[word[0]]) < MIN_EFFECT]
    name = _joined(strong, weak)
    if trait and len(f"{name}, {trait}") > SHORT and strong:
        # The genre, decade or label is of this cluster only, so one feature is enough.
        name = strong[0]
    return _capitalised(f"{name}, {trait}" if trait else name)


def _joined(strong: Sequence[str], weak: Sequence[str]) -> str:
    *first, last = strong or weak
    head = f"{', '.join(first)} & {last}" if first else last
    return ", ".join([head, *weak]) if strong else head


def _adjective(word: tuple[str, bool]) -> str:
    name, more = word
    return (BY_NAME[name].high if more else BY_NAME[name].low).lower()


def _capitalised(name: str) -> str:
    return name[:1].upper() + name[1:]


# --- Genres, decades and labels --------------------------------------------------------------------------------------


def _trait_of(profile: Profile, profiles: Sequence[Profile], traits: Sequence[Trait]) -> str:
    """Return the words for the trait that most of the cluster's tracks have, of those that set it apart; else ""."""
    total = sum(each.size for each in profiles)
    # Bonferroni's correction: every trait is tried for every cluster.
    limit = MAX_CHANCE / max(1, len(traits) * len(profiles))
    best, best_share = "", 0.0
    for trait in sorted(traits, key=lambda each: each.words):
        count = trait.counts.get(profile.number, 0)
        share = count / profile.size
        elsewhere = max(trait.counts.get(each.number, 0) / each.size for each in profiles if each is not profile)
        if share < OFTEN or share <= best_share or share < MIN_RATIO * elsewhere:
            continue
        words = f"{'mostly' if share >= MOSTLY else 'often'} {trait.words}"
        if len(words) <= SHORT and chance_of(count, profile.size, sum(trait.counts.values()), total) <= limit:
            best, best_share = words, share
    return best
