"""prefetch"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("miniapp_setting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("prefetch_url", sa.Text(), nullable=False, server_default=""))
