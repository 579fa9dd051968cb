"""The twelve audio features of a track: what each means, and which values it can have. No Django here."""

from dataclasses import dataclass

PITCH_CLASSES = ("C", "C♯/D♭", "D", "D♯/E♭", "E", "F", "F♯/G♭", "G", "G♯/A♭", "A", "A♯/B♭", "B")


@dataclass(frozen=True)
class AudioFeature:
    """One feature. ``lowest`` and ``highest`` are the bounds that a stored value may reach, in ``unit``."""

    name: str
    label: str
    lowest: float
    highest: float
    unit: str
    help_text: str
    # Where a bar for it begins and ends: the range that music mostly has, narrower than what may be stored. None
    # for a category, which has no more and less.
    usual: tuple[float, float] | None = None

    def share_of_bar(self, value: float) -> float | None:
        """Return how far along its bar ``value`` lies, in percent from 0 to 100; None where it has no bar."""
        if self.usual is None:
            return None
        start, end = self.usual
        return round(100 * min(max((value - start) / (end - start), 0.0), 1.0), 1)

    def in_words(self, value: float) -> str:
        """Return ``value`` as a listener would say it: "121 BPM", "C♯/D♭", "minor", "4 beats"."""
        if self.name == "key":
            return PITCH_CLASSES[int(value)] if value >= 0 else "none found"
        if self.name == "mode":
            return "major" if value else "minor"
        if self.name == "time_signature":
            return f"{value:g} {'beat' if value == 1 else 'beats'}"
        return f"{value:.0f} {self.unit}" if self.unit else f"{value:.2f}"


def _share(name: str, help_text: str) -> AudioFeature:
    return AudioFeature(name, name.capitalize(), 0.0, 1.0, "", help_text, usual=(0.0, 1.0))


AUDIO_FEATURES = (
    _share("danceability", "How well the track suits dancing, from 0 to 1."),
    _share("energy", "How intense and busy the track is, from 0 to 1."),
    _share("speechiness", "How much of the track is spoken words, from 0 to 1."),
    _share("acousticness", "How sure it is that the track is acoustic, from 0 to 1."),
    _share("instrumentalness", "How likely it is that the track has no vocals, from 0 to 1."),
    _share("liveness", "How likely it is that an audience was present, from 0 to 1."),
    _share("valence", "How cheerful the track sounds, from 0 (sad) to 1 (happy)."),
    AudioFeature("tempo", "Tempo", 1.0, 500.0, "BPM", "Beats per minute.", usual=(50.0, 200.0)),
    AudioFeature(
        "loudness", "Loudness", -100.0, 20.0, "dB", "Mean loudness in decibels: mostly -60 to 0.", usual=(-40.0, 0.0)
    ),
    AudioFeature("key", "Key", -1, 11, "", "Pitch class: 0 is C, 1 is C sharp, … 11 is B; -1 is no key found."),
    AudioFeature("mode", "Mode", 0, 1, "", "1 is major, 0 is minor."),
    AudioFeature("time_signature", "Time signature", 1, 15, "", "Beats in a bar."),
)
FEATURE_NAMES = tuple(feature.name for feature in AUDIO_FEATURES)
# Those that are amounts, and say how a track sounds. The others are categories, which many tracks share.
AMOUNT_NAMES = tuple(feature.name for feature in AUDIO_FEATURES if feature.usual is not None)
# What every analysis of a whole track has, and no tag of a file.
ESSENTIAL_FEATURES = frozenset({"danceability", "energy"})
