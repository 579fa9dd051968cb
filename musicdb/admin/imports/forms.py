"""What an editor is asked about an import."""

from typing import Any

from django import forms

from musicdb.exports.limits import MAX_FILE_SIZE, MEGABYTE
from musicdb.imports.formats.base import ParseOptions
from musicdb.imports.formats.detect import FORMAT_LABELS
from musicdb.imports.parse import ImportOptions
from musicdb.imports.service import Outcome

_DAY_FIRST = [("", "As the file shows"), ("day", "Day first: 7 February"), ("month", "Month first: 2 July")]
_BETWEEN = [("", "As the file shows"), ("semicolon", "A semicolon"), ("comma", "A comma")]


class OptionsForm(forms.Form):
    file_format = forms.ChoiceField(
        label="What it is",
        required=False,
        choices=[("", "Recognise it"), *FORMAT_LABELS.items()],
    )
    genre = forms.CharField(
        label="Genre for every track",
        max_length=200,
        required=False,
        help_text="Besides those that the file names. Made if there is none of that name.",
    )
    liked = forms.BooleanField(label="Mark every track as liked", required=False)

    def options(self, **more: Any) -> ImportOptions:
        """Return what was chosen, of a valid form."""
        chosen = {name: self.cleaned_data[name] for name in ("file_format", "genre", "liked")}
        return ImportOptions(**chosen, **more)


class UploadForm(OptionsForm):
    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.zip"}),
        help_text="CSV, XLSX, or a zip of CSV files, such as Exportify’s “export all”.",
    )
    field_order = ["file", "file_format", "genre", "liked"]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_FILE_SIZE:
            raise forms.ValidationError(f"The file is larger than {MAX_FILE_SIZE // MEGABYTE} MB. Import it in parts.")
        return upload


class ConfirmForm(OptionsForm):
    """What the preview left open. The token stands for the file, which is not sent twice."""

    token = forms.CharField(widget=forms.HiddenInput, max_length=2_000)
    dates = forms.ChoiceField(label="In a date such as 7/2/2021", choices=_DAY_FIRST, required=False)
    artists_by = forms.ChoiceField(label="Between two artists stands", choices=_BETWEEN, required=False)
    skip_bad = forms.BooleanField(label="Import the good rows, and keep the bad ones for me to mend", required=False)

    @classmethod
    def of(cls, token: str, options: ImportOptions, outcome: Outcome) -> "ConfirmForm":
        """Return the form that asks what ``outcome`` leaves to ask."""
        choices = options.parse_options
        form = cls(
            initial={
                "token": token,
                "file_format": options.file_format,
                "genre": options.genre,
                "liked": options.liked,
                "dates": {None: "", True: "day", False: "month"}[choices.day_first],
                "artists_by": {None: "", True: "comma", False: "semicolon"}[choices.artists_by_comma],
                "skip_bad": options.skip_bad,
            }
        )
        said = [*outcome.parsed.notes, *outcome.parsed.questions]
        hidden = {"file_format", "genre", "liked"}
        if choices.day_first is None and not any("7/2/2021" in text or "day first" in text for text in said):
            hidden.add("dates")
        if choices.artists_by_comma is None and not any("commas" in text for text in said):
            hidden.add("artists_by")
        if not outcome.parsed.problems:
            hidden.add("skip_bad")
        for name in hidden:
            form.fields[name].widget = form.fields[name].hidden_widget()
        return form

    def options(self, **more: Any) -> ImportOptions:
        answers = {"day": True, "month": False, "comma": True, "semicolon": False}
        choices = ParseOptions(
            day_first=answers.get(self.cleaned_data["dates"]),
            artists_by_comma=answers.get(self.cleaned_data["artists_by"]),
        )
        return super().options(skip_bad=self.cleaned_data["skip_bad"], parse_options=choices, **more)
