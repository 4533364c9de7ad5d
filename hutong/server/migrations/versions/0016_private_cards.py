"""private cards"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("miniapp_share_ticket", schema=None) as batch_op:
        batch_op.add_column(sa.Column("activity_id", sa.Text(), nullable=True))
