"""The forms of an import: which file and how to read it, and what the preview leaves to decide."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from musicdb.exports.limits import MAX_FILE_SIZE, MEGABYTE
from musicdb.imports import ImportOptions, ImportRefusedError, ParseOptions, Preview
from musicdb.imports.column_mapping import ColumnMapping
from musicdb.imports.formats import FORMAT_LABELS
from musicdb.imports.formats.mapped import mapping_in
from musicdb.imports.formats.unknown import name_headings
from musicdb.imports.options import CHOICES, ENCODING, Choice, Existing
from musicdb.imports.saved_mappings import mappings_of
from musicdb.models import Import

# What the browser offers to upload.
SUFFIXES = (
    *(".csv", ".tsv", ".txt", ".xlsx", ".zip"),
    *(".json", ".jsonl", ".m3u", ".m3u8", ".xspf", ".jspf", ".xml", ".sql"),
)
# The hidden fields of the preview that name the files which are playlists.
PLAYLIST_FILE = "playlist_file"
# The playlists of an upload with more files than this have the names of their files.
MAX_PLAYLISTS = 200


class NamesField(forms.MultipleChoiceField):
    """Names that the page itself gives. One that means nothing changes nothing."""

    widget = forms.MultipleHiddenInput

    def valid_value(self, value: str) -> bool:
        return True


class MappingsField(forms.CharField):
    """What the columns of tables are, as ``mappings_as_text`` writes it."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> tuple[ColumnMapping, ...]:
        try:
            return tuple(mapping_in(found, "The form") for found in json.loads(super().clean(value) or "[]"))
        except (ValueError, TypeError, RecursionError, ImportRefusedError) as error:
            raise forms.ValidationError(f"What the columns are cannot be read: {error}") from None


def mappings_as_text(mappings: Sequence[ColumnMapping]) -> str:
    return json.dumps([mapping.as_dict() for mapping in mappings]) if mappings else ""


class OptionsForm(forms.Form):
    file_format = forms.ChoiceField(label="Format", required=False, choices=[("", "Detect it"), *FORMAT_LABELS.items()])
    genre = forms.CharField(
        label="Genre for every track",
        max_length=200,
        required=False,
        help_text="In addition to the genres in the file. A genre that does not exist is created.",
    )
    liked = forms.ChoiceField(
        label="Liked",
        required=False,
        choices=[
            ("", "Mark the tracks of a file that is named Liked Songs"),
            ("yes", "Mark every track as liked"),
            ("no", "Mark none as liked"),
        ],
    )

    existing = forms.ChoiceField(
        label="What the library has",
        required=False,
        choices=[(mode.value, mode.label) for mode in Existing],
        help_text="What editors set is kept unless you take every value of the file.",
    )

    def options(self, **more: Any) -> ImportOptions:
        """Return what was chosen in a valid form."""
        chosen = {name: self.cleaned_data[name] for name in ("file_format", "genre")}
        chosen["existing"] = Existing(self.cleaned_data["existing"] or Existing.FILL)
        liked = {"yes": True, "no": False}.get(self.cleaned_data["liked"])
        # Only what a person has seen in a preview is imported. A saved mapping is offered to them before that.
        return ImportOptions(**chosen, liked=liked, uses_saved_mappings=False, **more)


class UploadForm(OptionsForm):
    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
        help_text=(
            "CSV, XLSX, JSON, a playlist file or the XML of Apple Music, or a zip of these, such as Exportify’s "
            "“export all”."
        ),
    )
    # Columns are read as in this import, where the file has the same.
    columns_of = forms.ModelChoiceField(Import.objects.all(), required=False, widget=forms.HiddenInput)
    field_order = ["file", "file_format", "genre", "liked", "existing"]

    def options(self, **more: Any) -> ImportOptions:
        record = self.cleaned_data["columns_of"]
        return super().options(mappings=mappings_of(record) if record else (), **more)

    def clean_file(self) -> "UploadedFile[bytes]":
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        if (upload.size or 0) > MAX_FILE_SIZE:
            raise forms.ValidationError(f"The file is larger than {MAX_FILE_SIZE // MEGABYTE} MB. Import it in parts.")
        return upload


def _choice_field(choice: Choice) -> forms.ChoiceField:
    options = [("", "As the file shows"), *((option.name, option.label) for option in choice.options)]
    return forms.ChoiceField(label=choice.label, choices=options, required=False)


def _encoding_field(samples: Mapping[str, str]) -> forms.ChoiceField:
    """Return the choice of an encoding, with what the text looks like in each that it may be in."""
    options = [(name, f"{ENCODING.label_of(name)}: {sample}") for name, sample in samples.items()]
    return forms.ChoiceField(label=ENCODING.label, choices=[("", "As the text itself shows"), *options], required=False)


class ConfirmForm(OptionsForm):
    """What the preview leaves to decide. The token stands for the file, which is not sent twice."""

    token = forms.CharField(widget=forms.HiddenInput, max_length=2_000)
    # The first headings of each table whose columns an editor has mapped.
    mapped: Sequence[str] = ()
    restore_deleted = forms.BooleanField(label="Bring back what editors have deleted", required=False)
    # The page shows these as boxes beside the values that are kept.
    take_fields = NamesField(required=False)
    take_rows = NamesField(required=False)
    mappings = MappingsField(required=False)
    skip_bad = forms.BooleanField(label="Import the good rows, and keep the bad ones for me to correct", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= {choice.code: _choice_field(choice) for choice in CHOICES}
        files: Any = self.data.getlist(PLAYLIST_FILE) if self.is_bound else self.initial.get("files", ())  # type: ignore[attr-defined]
        # The fields that name the playlists, by the files that these are.
        self.playlist_fields = {file: f"playlist_{number}" for number, file in enumerate(files[:MAX_PLAYLISTS])}
        for file, name in self.playlist_fields.items():
            self.fields[name] = forms.CharField(
                label=f"Playlist of {file}",
                max_length=300,
                required=False,
                help_text="Blank makes no playlist of the file.",
            )
        self.order_fields([*(name for name in self.fields if name != "skip_bad"), "skip_bad"])

    @classmethod
    def for_preview(cls, token: str, options: ImportOptions, outcome: Preview) -> "ConfirmForm":
        """Return the form that shows what ``outcome`` leaves to decide, and hides all else."""
        initial: dict[str, Any] = {
            "token": token,
            "file_format": options.file_format,
            "genre": options.genre,
            "liked": "" if options.liked is None else "yes" if options.liked else "no",
            "skip_bad": options.skip_bad,
            "existing": options.existing.value,
            "restore_deleted": options.restore_deleted,
            "take_fields": list(options.take_fields),
            "take_rows": list(options.take_rows),
            "mappings": mappings_as_text(options.mappings),
        }
        parsed = outcome.parsed
        initial["files"] = list(parsed.playlist_files)
        initial |= {f"playlist_{number}": name for number, name in enumerate(parsed.playlist_files.values())}
        open_codes = {question.code for question in parsed.questions} | {note.code for note in parsed.notes}
        shown = {"skip_bad"} if outcome.problems else set()
        if outcome.plan.left_deleted or options.restore_deleted:
            shown.add("restore_deleted")
        if outcome.plan.kept or outcome.changes_existing or options.existing is not Existing.FILL:
            shown.add("existing")
        shown |= {f"playlist_{number}" for number in range(len(parsed.playlist_files))}
        if parsed.playlist_files:
            shown.add("liked")
        for choice in CHOICES:
            chosen = choice.option(getattr(options.parse_options, choice.code))
            initial[choice.code] = chosen.name if chosen else ""
            if chosen or choice.code in open_codes:
                shown.add(choice.code)
        form = cls(initial=initial)
        form.mapped = [name_headings([one.heading for one in each.columns[:3]]) for each in options.mappings]
        if parsed.encodings:
            form.fields["encoding"] = _encoding_field(parsed.encodings)
        for name in form.fields.keys() - shown:
            form.fields[name].widget = form.fields[name].hidden_widget()
        return form

    def options(self, **more: Any) -> ImportOptions:
        decided = {choice.code: choice.value_of(self.cleaned_data[choice.code]) for choice in CHOICES}
        playlists = {file: self.cleaned_data[name] for file, name in self.playlist_fields.items()}
        return super().options(
            skip_bad=self.cleaned_data["skip_bad"],
            restore_deleted=self.cleaned_data["restore_deleted"],
            take_fields=tuple(self.cleaned_data["take_fields"]),
            take_rows=tuple(self.cleaned_data["take_rows"]),
            playlists=playlists,
            mappings=self.cleaned_data["mappings"],
            parse_options=ParseOptions(**decided),
            **more,
        )
