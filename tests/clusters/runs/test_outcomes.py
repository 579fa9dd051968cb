"""An outcome as ``recluster --json`` prints it."""

from clusters.runs import Outcome


def test_as_json() -> None:
    outcome = Outcome(
        collection="genre:korean-pop",
        status="published",
        tracks=12,
        excluded=1,
        sizes=((1, 7), (2, 5)),
        silhouette=0.25,
        explained_variance=(0.5, 0.25),
        seed=0,
        digest="ab",
        seconds=0.1,
    )

    assert outcome.as_json() == {
        "collection": "genre:korean-pop",
        "status": "published",
        "reason": "",
        "tracks": 12,
        "excluded": 1,
        "sizes": {"1": 7, "2": 5},
        "silhouette": 0.25,
        "stability": None,
        "explained_variance": (0.5, 0.25),
        "seed": 0,
        "digest": "ab",
        "seconds": 0.1,
    }
