"""What the user is told after an edit of many rows, or a find and replace in them."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import model_ngettext
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from musicdb.admin.edits import Said
from musicdb.admin.html import link_to
from musicdb.editing import Edited, Replaced, count_replacements
from musicdb.models import Album, GroupedChange

MAX_ALBUMS_NAMED = 5
MAX_SENTENCES = 20
# Servers refuse an address of more than about 4,000 characters.
MAX_LINKED = 200


def edit_report(model: Any, number: int, edited: Edited) -> list[Said]:
    """Return what an edit of ``number`` rows has done."""
    if edited.change is None:
        return [(messages.INFO, "Nothing changed: everything you selected already matched.")]
    changed = edited.changed
    unchanged = f"; {number - changed:,} already matched" if number > changed else ""
    done = f"Changed {changed:,} {model_ngettext(model._meta, changed)}{unchanged}."
    said: list[Said] = [(messages.SUCCESS, _with_undo(done, edited.change))]
    if edited.emptied:
        said.append((messages.WARNING, _offer_to_delete(edited.emptied)))
    return said


def replace_report(model: Any, done: Replaced) -> list[Said]:
    """Return what a find and replace has done, and what it has left out."""
    said: list[Said] = []
    if done.change is None:
        said.append((messages.INFO, "Nothing was changed."))
    else:
        changed = f"Changed {count_replacements(model, done.changed, done.aliases)}."
        said.append((messages.SUCCESS, _with_undo(changed, done.change)))
    if done.stale:
        text = "Somebody has changed or deleted these since you saw them, so they were left out:"
        said.append(_warning(text, [f"“{name}”" for name in done.stale]))
    if done.not_kept:
        said.append(_warning("Not everything old became an alias:", done.not_kept))
    return said


def _with_undo(done: str, change: GroupedChange) -> SafeString:
    undo = reverse("admin:musicdb_groupedchange_undo", args=[change.pk])
    return format_html('{} <a href="{}">Undo …</a>', done, undo)


def _warning(text: str, sentences: Sequence[str]) -> Said:
    listed = [*sentences[:MAX_SENTENCES]]
    if more := len(sentences) - len(listed):
        listed.append(f"and {more:,} more")
    items = format_html_join("", "<li>{}</li>", ((sentence,) for sentence in listed))
    return messages.WARNING, format_html("{}<ul>{}</ul>", text, items)


def _offer_to_delete(albums: Sequence[Album]) -> SafeString:
    """Name the albums that have no track any more, with a link by which each, or all, can be deleted."""
    named = format_html_join(", ", "{}", ((link_to(album),) for album in albums[:MAX_ALBUMS_NAMED]))
    more = len(albums) - MAX_ALBUMS_NAMED
    if len(albums) == 1:
        address = reverse("admin:musicdb_album_delete", args=[albums[0].pk])
        return format_html('The album {} has no tracks any more. <a href="{}">Delete it …</a>', named, address)
    others = f" and {more:,} more" if more > 0 else ""
    lists_these = len(albums) <= MAX_LINKED
    query = {"id__in": ",".join(str(album.pk) for album in albums)} if lists_these else {"unused": "yes"}
    return format_html(
        'The albums {}{} have no tracks any more. <a href="{}">{}</a>',
        named,
        others,
        reverse("admin:musicdb_album_changelist", query=query),
        "Show them, to delete them" if lists_these else "Show all albums without tracks, to delete them",
    )
