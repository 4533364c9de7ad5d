"""benefits"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "benefits_card",
        sa.Column("card_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("terms", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("taken", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("used", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("updated_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("client_id", sa.Text(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("card_id"),
        sa.UniqueConstraint("appid", "client_id", name="benefits_card_appid_client_id_key"),
        sa.CheckConstraint("quantity >= 0", name="benefits_card_check1"),
        sa.CheckConstraint("used >= 0 and used <= taken", name="benefits_card_check2"),
        sqlite_with_rowid=False,
    )
    op.create_index("benefits_card_appid_number_idx", "benefits_card", ["appid", "number"])
    op.create_table(
        "benefits_holding",
        sa.Column("card_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("taken", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("used", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("card_id", "user_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "benefits_coupon",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("claim", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("through", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("outer_str", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("begins_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("taken_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("settled_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("reason", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("hidden", sa.Boolean(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("card_id", "code", name="benefits_coupon_card_id_code_key"),
        sa.UniqueConstraint("card_id", "claim", name="benefits_coupon_card_id_claim_key"),
        sqlite_with_rowid=True,
    )
    op.create_index("benefits_coupon_appid_code_idx", "benefits_coupon", ["appid", "code"])
    op.create_index(
        "benefits_coupon_user_id_state_expires_at_id_idx",
        "benefits_coupon",
        ["user_id", "state", "expires_at", "id"],
    )
    op.create_index(
        "benefits_coupon_user_id_appid_state_id_idx",
        "benefits_coupon",
        ["user_id", "appid", "state", "id"],
    )
    op.create_table(
        "benefits_offer",
        sa.Column("code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("asked_by", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cards", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("taken_by", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("coupons", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("code"),
        sqlite_with_rowid=False,
    )
