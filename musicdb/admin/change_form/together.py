"""Two editors on one form. The second who saves is shown what the first has changed, and chooses; nothing is lost.

The form carries what it showed, signed. When it is saved, the row is locked, what is stored now is read as the form
would show it, and it is merged with what was typed. What cannot be merged is asked for.
"""

import time
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from django.contrib import messages
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error as DatabaseError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.text import get_text_list

from musicdb.admin.change_form.snapshot import Row, Rows, Snapshot, shown, typed, write
from musicdb.admin.change_form.three_way import Merged, Place, give_way, merge
from musicdb.admin.change_form.words import Question, Words
from musicdb.admin.generic import AnyModelForm, ModelAdmin
from musicdb.db import repeatable_read
from musicdb.db.errors import FailureKind, classify

M = TypeVar("M", bound=models.Model)

FORM_STATE = "_opened"
CHOICE = "_choice:"
MINE, THEIRS = "mine", "theirs"
STALE = (
    "The site cannot tell any more what this form showed when you opened it. What you typed is below: compare it with "
    "the row as it is now, then save again."
)
BUSY = (
    "Nothing was saved: the database was busy with another change, such as an import, for too long. What you typed is "
    "below. Save again in a moment."
)
ASK = "Somebody else has changed the same values since you opened this form. Choose for each which one to save."


@dataclass
class Edit:
    """A form that is being saved. ``now`` is what the database holds, ``questions`` are still open."""

    now: Snapshot
    questions: list[Question] = field(default_factory=list)
    error: str = ""
    changed_by: str = ""
    # What the form has carried so far, where it goes on to carry that.
    token: str = ""


@dataclass(frozen=True)
class _Opened:
    """What a form showed, when, and what it asked."""

    was: Snapshot
    at: datetime
    asked: list[Question]


_edits: "WeakKeyDictionary[HttpRequest, Edit]" = WeakKeyDictionary()


class ConcurrentAdmin(ModelAdmin[M]):
    """A form that two people can edit at the same time."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        sent = request.POST
        try:
            return self._locked_view(request, object_id, form_url, extra_context)
        except DatabaseError as error:
            if request.method != "POST" or classify(error) is not FailureKind.BUSY:
                raise
        # Show the form again. It is not valid, so nothing is written, and reading needs no lock.
        request.POST = sent
        _edits[request] = Edit(Snapshot(), error=BUSY, token=sent.get(FORM_STATE, ""))
        with repeatable_read():
            return self._changeform_view(request, object_id, form_url, extra_context)  # type: ignore[attr-defined]

    def _locked_view(
        self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: dict[str, Any] | None
    ) -> Any:
        token = request.POST.get(FORM_STATE)
        if token is None or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            if not self.lock_row(request, unquote(object_id)):
                return self._gone(request, unquote(object_id), token)
            kept = self._merge_edits(request, unquote(object_id), token)
            response = super().changeform_view(request, object_id, form_url, extra_context)
        if kept:
            self.message_user(request, kept, messages.WARNING)
        return response

    def lock_row(self, request: HttpRequest, key: str) -> bool:
        """Lock a row until the end of the transaction. Return whether there is one."""
        try:
            rows = self.model._default_manager.select_for_update().filter(pk=key).order_by()
            return bool(rows.values_list("pk", flat=True))
        except (ValueError, ValidationError, OverflowError):
            return False

    def changed_since(self, key: str, since: datetime) -> str:
        """Return who has changed a row, such as "mina", for the sentence "mina has changed it"."""
        entries = LogEntry.objects.filter(
            content_type=get_content_type_for_model(self.model), object_id=key, action_time__gte=since
        )
        names = entries.order_by("pk").values_list("user__username", flat=True)
        return get_text_list(list(dict.fromkeys(names)), "and")

    # --- What the form carries -----------------------------------------------------------------------------------

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: M | None = None,
    ) -> HttpResponse:
        edit = _edits.get(request)
        if edit is None and request.method == "GET" and obj is not None and self.has_change_permission(request, obj):
            inlines = context["inline_admin_formsets"]
            formsets = [_rows(request, inline.formset, inline.opts, obj) for inline in inlines]
            edit = Edit(shown(context["adminform"].form, formsets))
        if edit is not None and obj is not None:
            context |= {"opened_token": edit.token or self._sign(edit, obj.pk), "edit": edit, "choice_prefix": CHOICE}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_form(self, request: HttpRequest, obj: M | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        edit = _edits.get(request)
        if edit is None or not (edit.questions or edit.error):
            return form
        return type(form.__name__, (_AskingForm, form), {"edit": edit})

    def _salt(self, key: object) -> str:
        return f"musicdb.admin.opened:{self.opts.label_lower}:{key}"

    def _sign(self, edit: Edit, key: object) -> str:
        stated = [edit.now.as_json(), time.time(), [question.as_json() for question in edit.questions]]
        return signing.dumps(stated, salt=self._salt(key), compress=True)

    def _opened(self, token: str, key: str) -> _Opened | None:
        """Return what the form with this token showed, or None if the site did not sign it for this row."""
        try:
            was, at, asked = signing.loads(token, salt=self._salt(key))
            return _Opened(
                Snapshot.from_json(was), datetime.fromtimestamp(at, UTC), [Question(**question) for question in asked]
            )
        except (signing.BadSignature, TypeError, ValueError):
            return None

    # --- Saving --------------------------------------------------------------------------------------------------

    def _forms(self, request: HttpRequest, obj: Any) -> tuple[AnyModelForm, list[Rows]]:
        """Return the form and the formsets as somebody who opens the page now gets them."""
        opening = copy(request)
        opening.method = "GET"
        fields = flatten_fieldsets(self.get_fieldsets(opening, obj))
        form = self.get_form(opening, obj, change=True, fields=fields)(instance=obj)
        formsets, inlines = self._create_formsets(opening, obj, change=True)  # type: ignore[attr-defined]
        pairs = zip(formsets, inlines, strict=True)
        return form, [_rows(request, formset, inline, obj) for formset, inline in pairs]

    def _merge_edits(self, request: HttpRequest, key: str, token: str) -> str:
        """Put into ``request`` what is to be saved. Return a sentence about what others changed, if anything."""
        obj = self.get_object(request, key)
        if obj is None or not self.has_change_permission(request, obj):
            return ""
        form, formsets = self._forms(request, obj)
        now = shown(form, formsets)
        opened = self._opened(token, str(obj.pk))
        if opened is None:
            _edits[request] = Edit(now, error=STALE)
            return ""
        answers = {question.name: request.POST.get(CHOICE + question.name) for question in opened.asked}
        edit = _edits[request] = Edit(now)
        edit.questions = [one for one in opened.asked if answers[one.name] not in (MINE, THEIRS)]
        mine = typed(form, formsets, request.POST, opened.was)
        if opened.was == now and THEIRS not in answers.values():
            edit.error = ASK if edit.questions else ""
            return ""
        give_way(opened.was, mine, [name for name, answer in answers.items() if answer == THEIRS], formsets)
        merged = merge(opened.was, now, mine, formsets)
        words = Words(form, formsets)
        changed = [
            words.question(conflict, _rows_at(conflict.place.prefix, opened.was)) for conflict in merged.conflicts
        ]
        edit.questions = [*(one for one in edit.questions if one.name not in {new.name for new in changed}), *changed]
        edit.error = ASK if edit.questions else ""
        edit.changed_by = self.changed_since(str(obj.pk), opened.at)
        request.POST = _written(request.POST, form, formsets, now, merged)  # type: ignore[assignment]
        return self._what_is_kept(obj, edit, merged, words)

    def _what_is_kept(self, obj: models.Model, edit: Edit, merged: Merged, words: Words) -> str:
        if not merged.kept:
            return ""
        said = [words.label(Place(place.prefix)) for place in merged.kept if place.prefix]
        values = [place for place in merged.kept if not place.prefix]
        said += [f"{words.label(place)} ({words.text(place, merged.snapshot.fields[place.field])})" for place in values]
        who = edit.changed_by or "Somebody else"
        has = "have" if " and " in who else "has"
        changes = ", ".join(dict.fromkeys(said))
        return f"{who} {has} changed “{obj}” since you opened it. These changes are kept: {changes}."

    # --- A row that is gone --------------------------------------------------------------------------------------

    def _gone(self, request: HttpRequest, key: str, token: str) -> HttpResponse:
        """Say that the row was deleted, and show what was typed."""
        opened = self._opened(token, key)
        if not self.has_change_permission(request) or opened is None:
            raise PermissionDenied
        opening = copy(request)
        opening.method = "GET"
        form = self.get_form(opening, None, change=False)()
        formsets, inlines = self._create_formsets(opening, self.model(), change=False)  # type: ignore[attr-defined]
        rows = [_rows(request, formset, inline, None) for formset, inline in zip(formsets, inlines, strict=True)]
        mine = typed(form, rows, request.POST, opened.was)
        name, fate = self.fate_of(key, opened.at)
        context = {
            **self.admin_site.each_context(request),
            "title": f"This {self.opts.verbose_name} is gone",
            "opts": self.opts,
            "name": name,
            "fate": fate,
            "values": Words(form, rows).table(opened.was, mine),
            "history_url": self.history_url(key),
        }
        return TemplateResponse(request, "admin/musicdb/editing/gone.html", context, status=410)

    def fate_of(self, key: str, since: datetime) -> tuple[str, str]:
        """Return the name of a row that is gone, and a sentence that says what became of it."""
        entries = LogEntry.objects.filter(content_type=get_content_type_for_model(self.model), object_id=key)
        last = entries.filter(action_flag=DELETION).select_related("user").order_by("-pk").first()
        kind = self.opts.verbose_name
        if last is None:
            return "", f"Somebody else has deleted this {kind} since you opened the form."
        return last.object_repr, f"{last.user} has deleted this {kind} since you opened the form."

    def history_url(self, key: str) -> str:
        """Return where a row that is gone can be restored, or nothing."""
        return ""


class _AskingForm:
    """A form that is not saved before its questions are answered. It is a base of the form's class."""

    edit: Edit

    def full_clean(self) -> None:
        super().full_clean()  # type: ignore[misc]
        form: Any = self
        if form.is_bound:
            form.add_error(None, self.edit.error)
            for question in self.edit.questions:
                prefix, _, name = question.name.split("/")
                if not prefix and name in form.fields:
                    form.add_error(name, f"Somebody else has set this to: {question.theirs}")


def _rows(request: HttpRequest, formset: Any, inline: Any, obj: Any) -> Rows:
    name = str(inline.verbose_name_plural)
    return Rows(formset, name, inline.has_change_permission(request, obj))


def _rows_at(prefix: str, snapshot: Snapshot) -> dict[str, Row]:
    return {row.key: row for row in snapshot.rows.get(prefix, [])}


def _written(sent: QueryDict, form: AnyModelForm, formsets: list[Rows], now: Snapshot, merged: Merged) -> QueryDict:
    """Return what a browser would have sent to save ``merged`` from a form that shows ``now``."""
    posted = sent.copy()
    for name, values in merged.snapshot.fields.items():
        write(posted, form.fields[name], form.add_prefix(name), values)
    for rows in formsets:
        rows.write(posted, now.rows[rows.prefix], merged.snapshot.rows[rows.prefix])
    return posted
