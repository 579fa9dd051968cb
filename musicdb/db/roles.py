"""Roles: groups to which migrations grant permissions once. What an administrator changes later stays."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.management import create_permissions

EDITOR = "editor"
CURATOR = "curator"

# By role, then by model, the actions: {"editor": {"track": ["view", "change"]}}. "merge" is merge_track.
Grants = Mapping[str, Mapping[str, Sequence[str]]]


def grant(app_label: str, grants: Grants, *, create_groups: bool = False) -> Callable[[Any, Any], None]:
    """Return a migration's forward step: give the roles these permissions on models of ``app_label``.

    With ``create_groups`` it creates missing groups. Without it, a role that an administrator has deleted stays away.
    """

    def grant(apps: Any, schema_editor: Any) -> None:
        database = schema_editor.connection.alias
        _make_permissions(apps, app_label, database)
        groups = apps.get_model("auth", "Group").objects.using(database)
        for role, permissions in _permissions_by_role(apps, app_label, grants, database):
            group = groups.get_or_create(name=role)[0] if create_groups else groups.filter(name=role).first()
            if group is not None:
                group.permissions.add(*permissions)

    return grant


def revoke(app_label: str, grants: Grants) -> Callable[[Any, Any], None]:
    """Return the step back: take these permissions away, and delete roles without permissions and users."""

    def revoke(apps: Any, schema_editor: Any) -> None:
        database = schema_editor.connection.alias
        groups = apps.get_model("auth", "Group").objects.using(database)
        for role, permissions in _permissions_by_role(apps, app_label, grants, database):
            for group in groups.filter(name=role):
                group.permissions.remove(*permissions)
        groups.filter(name__in=grants, permissions=None, user=None).delete()

    return revoke


def superuser_names() -> list[str]:
    """Return the names of those who can give somebody a role."""
    people = get_user_model()._default_manager.filter(is_superuser=True, is_active=True).order_by("pk")
    return [person.get_full_name() or person.get_username() for person in people]


def _make_permissions(apps: Any, app_label: str, database: str) -> None:
    """Create the permissions now. Django itself does so after the last migration."""
    app = apps.get_app_config(app_label)
    # The historical state of an application has models but claims to have no module of them.
    module, app.models_module = getattr(app, "models_module", None), True
    try:
        create_permissions(app, verbosity=0, using=database, apps=apps)
    finally:
        app.models_module = module


def _permissions_by_role(apps: Any, app_label: str, grants: Grants, database: str) -> Iterator[tuple[str, list[Any]]]:
    of_app = apps.get_model("auth", "Permission").objects.using(database).filter(content_type__app_label=app_label)
    for role, models in grants.items():
        codenames = [f"{action}_{model}" for model, actions in models.items() for action in actions]
        yield role, list(of_app.filter(codename__in=codenames))
