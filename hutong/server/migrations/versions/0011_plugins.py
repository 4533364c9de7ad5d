"""plugins"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "miniapp_plugin_version",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("description", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("source_hash", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("components", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("pages", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("uploaded_by", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("uploaded_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("released_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("appid", "number", name="miniapp_plugin_version_appid_number_key"),
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("miniapp_plugin_version", schema=None) as batch_op:
        batch_op.create_index(
            "miniapp_plugin_version_appid_released_at_id_idx", ["appid", "released_at", "id"], unique=False
        )
    op.create_table(
        "miniapp_plugin_use",
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("plugin_appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("answer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("applied_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("appid", "plugin_appid"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("miniapp_plugin_use", schema=None) as batch_op:
        batch_op.create_index(
            "miniapp_plugin_use_plugin_appid_applied_at_appid_idx",
            ["plugin_appid", "applied_at", "appid"],
            unique=False,
        )
