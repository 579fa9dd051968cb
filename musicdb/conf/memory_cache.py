"""A cache of Django's framework in the memory of the process, bounded by bytes: those used last stay."""

import pickle
import time
from collections import OrderedDict
from threading import Lock
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

# No entry takes more than this share of the cache, so that one does not push out all others.
LARGEST_SHARE = 32


class _Store:
    """What the threads of the process share."""

    def __init__(self) -> None:
        self.lock = Lock()
        # By key: when it expires, if ever, and the pickled value.
        self.entries: OrderedDict[str, tuple[float | None, bytes]] = OrderedDict()
        self.size = 0

    def drop(self, key: str) -> bool:
        entry = self.entries.pop(key, None)
        if entry:
            self.size -= len(entry[1])
        return entry is not None


_stores: dict[str, _Store] = {}


class MemoryCache(BaseCache):
    """Keeps ``MAX_BYTES`` of entries. One that is larger than its share is not stored."""

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._max_bytes = int(params["OPTIONS"]["MAX_BYTES"])
        self._store = _stores.setdefault(name, _Store())

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        key = self.make_and_validate_key(key, version)
        with self._store.lock:
            expires_at, pickled = self._store.entries.get(key, (0.0, b""))
            if expires_at is not None and expires_at <= time.time():
                self._store.drop(key)
                return default
            self._store.entries.move_to_end(key)
        return pickle.loads(pickled)  # noqa: S301 -- this process has pickled it

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        key = self.make_and_validate_key(key, version)
        pickled = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        with self._store.lock:
            self._store.drop(key)
            if len(pickled) * LARGEST_SHARE > self._max_bytes:
                return
            self._store.entries[key] = (self.get_backend_timeout(timeout), pickled)
            self._store.size += len(pickled)
            while self._store.size > self._max_bytes:
                self._store.drop(next(iter(self._store.entries)))

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        if self.has_key(key, version):
            return False
        self.set(key, value, timeout, version)
        return True

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        key = self.make_and_validate_key(key, version)
        with self._store.lock:
            if key not in self._store.entries:
                return False
            self._store.entries[key] = (self.get_backend_timeout(timeout), self._store.entries[key][1])
            return True

    def delete(self, key: Any, version: int | None = None) -> bool:
        with self._store.lock:
            return self._store.drop(self.make_and_validate_key(key, version))

    def clear(self) -> None:
        with self._store.lock:
            self._store.entries.clear()
            self._store.size = 0
