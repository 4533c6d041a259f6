"""Dagster's SQLite event log, with connections that are kept and events stored in batches.

Dagster opens a new database engine for every event, about 20 ms each; an edition has some eighty
events and a full publication nine hundred. What is stored, and how it is read, stays Dagster's own.
It rests on private methods of a Dagster that is pinned exactly; the smoke test reads what it wrote.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
)
from sqlalchemy import Connection, Engine, create_engine, event

if TYPE_CHECKING:
    from dagster._core.events.log import EventLogEntry

# The webserver reads the logs of many runs: only the last few databases stay open.
KEPT_ENGINES = 4
BUSY_TIMEOUT_SECONDS = 30


class BatchingSqliteEventLogStorage(SqliteEventLogStorage):
    """Stores the same events in the same tables as its parent, with fewer connections."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._batch: dict[str, Connection] = {}
        self._batch_thread: int | None = None
        super().__init__(*arguments, **options)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> BatchingSqliteEventLogStorage:
        """Make the storage from `dagster.yaml`; the parent would make itself."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        if self._batch_thread == threading.get_ident() and shard in self._batch:
            yield self._batch[shard]
            return
        with self._db_lock, self._engine(shard).connect() as connection, connection.begin():
            yield connection

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events in one transaction of each database they go to."""
        shards = {INDEX_SHARD_NAME, *(entry.run_id for entry in events)}
        with self._db_lock, ExitStack() as stack:
            for shard in sorted(shards):
                connection = stack.enter_context(self._engine(shard).connect())
                stack.enter_context(connection.begin())
                self._batch[shard] = connection
            self._batch_thread = threading.get_ident()
            try:
                for entry in events:
                    self.store_event(entry)
            finally:
                self._batch_thread = None
                self._batch.clear()

    def _engine(self, shard: str) -> Engine:
        """Return the kept engine of a database, making it and its tables when needed."""
        engine = self._engines.pop(shard, None)
        if engine is None:
            engine = create_engine(
                self.conn_string_for_shard(shard),
                connect_args={"timeout": BUSY_TIMEOUT_SECONDS},
            )
            event.listen(engine, "connect", _relax_synchronisation)
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        self._engines[shard] = engine
        for kept in list(self._engines)[:-KEPT_ENGINES]:
            if kept != INDEX_SHARD_NAME:
                self._engines.pop(kept).dispose()
        return engine


def _relax_synchronisation(connection: Any, _record: object) -> None:
    """Let the system decide when the write-ahead log reaches the disk.

    A killed process loses nothing by it; a power cut may lose the last events of the log, never
    figures, which do not pass through here.
    """
    connection.execute("pragma synchronous = normal")
