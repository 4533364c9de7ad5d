"""The migrations make the tables that the rooms declare, on both databases."""

from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from hutong.kernel import schema
from hutong.kernel.rows import TABLES
from hutong.kernel.settings import Settings
from hutong.server import migrate
from tests.postgres import Cluster

migrate.import_rooms()


def differences(settings: Settings) -> list[object]:
    """What a fresh, fully migrated database lacks or has too much of; tests' own tables do not count."""
    migrate.upgrade_in_child(settings)
    engine = sa.create_engine(migrate.url_of(settings), poolclass=sa.NullPool)
    declared = schema.metadata()
    for name in list(declared.tables):
        if "_test_" in name:
            declared.remove(declared.tables[name])
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found: list[object] = list(compare_metadata(context, declared))
        inspector = sa.inspect(connection)
        for name in declared.tables:
            key = tuple(inspector.get_pk_constraint(name)["constrained_columns"])
            if key != TABLES[name].key:
                found.append((name, "key", key))
            checks = {check["name"] for check in inspector.get_check_constraints(name)}
            if len(checks) != len(TABLES[name].checks):
                found.append((name, "checks", checks))
    return found


def test_migrations_and_declarations_agree_on_sqlite(tmp_path: Path) -> None:
    assert differences(Settings(home=tmp_path)) == []


def test_migrations_and_declarations_agree_on_postgresql(tmp_path: Path, postgres_cluster: Cluster) -> None:
    url = postgres_cluster.create_database("migrated", [])
    assert differences(Settings(home=tmp_path, database=url)) == []


def test_the_newest_version_is_known_without_alembic() -> None:
    assert migrate.head() == max(path.name[:4] for path in (migrate.SCRIPTS / "versions").glob("0*.py"))
