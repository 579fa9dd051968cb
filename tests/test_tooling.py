"""The tools' own configuration."""

import re
from pathlib import Path

from django.apps import apps

PROJECT = Path(__file__).resolve().parents[1]


def test_the_migrations_hook_runs_for_every_module_that_defines_a_model() -> None:
    hooks = (PROJECT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    migrations = hooks[hooks.index("id: migrations") :]
    match = re.search(r"files: (?P<pattern>\S+)", migrations)
    assert match
    modules = {
        cls.__module__.replace(".", "/") + ".py"
        for label in ("musicdb", "clusters")
        for model in apps.get_app_config(label).get_models()
        for cls in (model, *model.__mro__)
        if cls.__module__.startswith(("musicdb.", "clusters."))
    }

    assert "musicdb/models/catalogue.py" in modules
    assert [module for module in sorted(modules) if not re.search(match["pattern"], module)] == []
