"""program domains"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "miniapp_domains",
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("request", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("socket", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("upload", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("download", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("business", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("appid"),
        sqlite_with_rowid=False,
    )
