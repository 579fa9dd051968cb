"""Find and replace in texts.

A regular expression can run for ages on a short text, and nothing in its process can stop it. It therefore runs in a
process of its own, which is ended after TIME_LIMIT. That process runs this file, which imports nothing of the project.
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

TIME_LIMIT = 5.0  # seconds
MEMORY_LIMIT = 1 << 30  # bytes
# What a text may become at most, and all texts of a search together.
MAX_LENGTH = 100_000
MAX_TOTAL = 20_000_000


class SearchError(ValueError):
    """This search cannot be done. The message tells a person why, and what to do."""


@dataclass(frozen=True)
class Search:
    """What to find, and what to put in its place.

    With ``is_regex``, ``find`` is a regular expression of Python, and ``replace`` may have its groups: ``\\1``,
    ``\\g<name>``. With ``whole_words``, no letter, digit or underscore stands beside what is found.
    """

    find: str
    replace: str = ""
    match_case: bool = False
    whole_words: bool = False
    is_regex: bool = False


def replaced(search: Search, texts: Sequence[str]) -> dict[int, str]:
    """Return what the texts become that change, by their place. A longer result is cut after MAX_LENGTH + 1 characters.

    Raises SearchError, also where a regular expression takes longer than TIME_LIMIT or more than MEMORY_LIMIT.
    """
    return _in_own_process(search, texts) if search.is_regex else _substituted(search, texts)


def _substituted(search: Search, texts: Sequence[str]) -> dict[int, str]:
    pattern = search.find if search.is_regex else re.escape(search.find)
    if search.whole_words:
        # By itself first, so that an error names the place in what was typed.
        re.compile(pattern)
        pattern = rf"(?<!\w)(?:{pattern})(?!\w)"
    compiled = re.compile(pattern, 0 if search.match_case else re.IGNORECASE)
    replacement = search.replace if search.is_regex else search.replace.replace("\\", "\\\\")
    found: dict[int, str] = {}
    total = 0
    for place, text in enumerate(texts):
        result = compiled.sub(replacement, text)
        if result != text:
            found[place] = result[: MAX_LENGTH + 1]
            total += len(found[place])
            if total > MAX_TOTAL:
                raise SearchError("The texts would become too long. Replace by less, or select fewer rows.")
    return found


# --- In a process of its own -------------------------------------------------------------------------------------


def _in_own_process(search: Search, texts: Sequence[str]) -> dict[int, str]:
    asked = json.dumps({"search": asdict(search), "texts": texts})
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", "-S", __file__],
            input=asked,
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SearchError(
            f"This regular expression was stopped after {TIME_LIMIT:g} seconds, and nothing was changed. Simplify it, "
            "or select fewer rows. A repetition within a repetition, such as (a+)+, can take very long."
        ) from None
    if done.returncode != 0:
        raise SearchError("This regular expression was stopped by the system. Simplify it, or select fewer rows.")
    answer = json.loads(done.stdout)
    if error := answer.get("error"):
        raise SearchError(error)
    return {int(place): text for place, text in answer["texts"].items()}


def _answer(asked: str) -> dict[str, object]:
    given = json.loads(asked)
    try:
        return {"texts": _substituted(Search(**given["search"]), given["texts"])}
    except SearchError as error:
        return {"error": str(error)}
    except re.error as error:
        return {"error": f"This is not a regular expression, or the replacement does not fit it: {error}."}
    except IndexError as error:
        return {"error": f"The replacement names a group that the regular expression does not have: {error}."}
    except (MemoryError, OverflowError, RecursionError):
        return {"error": "This regular expression needs too much memory. Simplify it, or select fewer rows."}


def _limit_own_process() -> None:
    # Not on every system. The time limit holds on all.
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    # Should the process that waits for this one be killed, this one ends, too.
    seconds = int(TIME_LIMIT) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


if __name__ == "__main__":
    _limit_own_process()
    sys.stdout.write(json.dumps(_answer(sys.stdin.read())))
