"""devices"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "miniapp_device",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("org_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("ticket_mac", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("guest_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seen_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("path", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("phone_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("linked_until", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code", name="miniapp_device_code_key"),
        sa.UniqueConstraint("guest_id", name="miniapp_device_guest_id_key"),
        sa.UniqueConstraint("ticket_mac", name="miniapp_device_ticket_mac_key"),
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("miniapp_device", schema=None) as batch_op:
        batch_op.create_index("miniapp_device_org_id_id_idx", ["org_id", "id"], unique=False)
