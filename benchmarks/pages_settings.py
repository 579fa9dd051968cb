"""The settings of the site, but for the folder of its static files, which is that of ``benchmarks.pages``."""

import os

from musicdb.settings import *  # noqa: F403

STATIC_ROOT = os.environ["BENCH_STATIC_ROOT"]
