"""loose pages"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "miniapp_loose_page",
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("page", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("appid", "page"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("miniapp_program", schema=None) as batch_op:
        batch_op.add_column(sa.Column("loose_pages", sa.BigInteger(), nullable=False, server_default="0"))
