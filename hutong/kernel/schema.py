"""The SQLAlchemy side of the tables: DDL and migrations. Imported by child processes and tests only."""

from typing import Any

import sqlalchemy as sa

from .rows import TABLES, Column, Table


def _type(column: Column, lone_key: bool) -> sa.types.TypeEngine[Any]:
    match column.kind:
        case "int":
            # A lone integer key becomes SQLite's own rowid, which saves an index.
            return sa.BigInteger().with_variant(sa.Integer(), "sqlite") if lone_key else sa.BigInteger()
        case "bool":
            return sa.Boolean(create_constraint=False)
        case "bytes":
            return sa.LargeBinary()
        case "float":
            return sa.Float(53)
        case _:
            return sa.Text()


def _table(metadata: sa.MetaData, table: Table) -> sa.Table:
    lone = len(table.key) == 1
    columns = [
        sa.Column(
            column.name,
            _type(column, lone and column.name == table.key[0]),
            primary_key=column.name in table.key,
            nullable=column.nullable and column.name not in table.key,
            autoincrement=False,
        )
        for column in table.columns
    ]
    lone_integer = lone and table.column[table.key[0]].kind == "int"
    built = sa.Table(table.name, metadata, sqlite_with_rowid=lone_integer)
    by_name = {column.name: column for column in columns}
    for column in columns:
        built.append_column(column)
    # The key keeps the declared order, which may differ from the order of the columns.
    built.primary_key._reload(
        sa.PrimaryKeyConstraint(*(by_name[name] for name in table.key), name=f"{table.name}_pk")
    )
    for group in table.unique:
        built.append_constraint(sa.UniqueConstraint(*group, name=f"{table.name}_{'_'.join(group)}_key"))
    for group in table.index:
        sa.Index(f"{table.name}_{'_'.join(group)}_idx", *(by_name[name] for name in group))
    for number, check in enumerate(table.checks, 1):
        built.append_constraint(sa.CheckConstraint(check, name=f"{table.name}_check{number}"))
    return built


def metadata() -> sa.MetaData:
    """Every declared table. Import the rooms first, or theirs will be missing."""
    described = sa.MetaData()
    for name in sorted(TABLES):
        _table(described, TABLES[name])
    return described


def ddl(dialect: str) -> list[str]:
    """The statements that create every table on `sqlite` or `postgresql`, for tests and fresh homes."""
    from sqlalchemy.dialects import postgresql, sqlite
    from sqlalchemy.schema import CreateIndex, CreateTable

    engine: Any = {"sqlite": sqlite, "postgresql": postgresql}[dialect]
    engine = engine.dialect()
    statements = []
    for built in metadata().sorted_tables:
        statements.append(str(CreateTable(built).compile(dialect=engine)))
        statements += [
            str(CreateIndex(index).compile(dialect=engine))
            for index in sorted(built.indexes, key=lambda i: str(i.name))
        ]
    return statements
