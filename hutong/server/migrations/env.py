"""Alembic's entry: runs the versions against the tables that the rooms declare."""

from alembic import context
from sqlalchemy import create_engine, pool

from hutong.kernel import schema
from hutong.server.migrate import import_rooms

import_rooms()
url = context.config.get_main_option("sqlalchemy.url") or ""
engine = create_engine(url, poolclass=pool.NullPool)
with engine.connect() as connection:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("pragma journal_mode = wal")
    context.configure(
        connection=connection,
        target_metadata=schema.metadata(),
        render_as_batch=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
