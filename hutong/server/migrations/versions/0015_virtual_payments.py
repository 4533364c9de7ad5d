"""virtual payments"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), autoincrement=False, nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "miniapp_offer",
        _text("appid"),
        _text("offer_id"),
        _text("mchid"),
        _text("app_key_sealed"),
        _text("sandbox_key_sealed"),
        _number("coins_per_yuan"),
        _number("created_at"),
        sa.PrimaryKeyConstraint("appid"),
        sa.UniqueConstraint("offer_id", name="miniapp_offer_offer_id_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "miniapp_virtual_goods",
        _text("appid"),
        _number("env"),
        _text("product_id"),
        _text("name"),
        _number("price"),
        _text("remark"),
        _text("item_url"),
        sa.Column("published", sa.Boolean(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("appid", "env", "product_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "miniapp_virtual_order",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        _text("appid"),
        _number("env"),
        _text("out_trade_no"),
        _number("user_id"),
        _text("product_id"),
        _number("quantity"),
        _number("price"),
        _number("amount"),
        _text("attach"),
        _text("mchid"),
        _number("order_id"),
        _text("state"),
        _number("created_at"),
        _number("changed_at"),
        _number("paid_at", nullable=True),
        _number("provided_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "appid", "env", "out_trade_no", name="miniapp_virtual_order_appid_env_out_trade_no_key"
        ),
        sa.UniqueConstraint("mchid", "order_id", name="miniapp_virtual_order_mchid_order_id_key"),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "miniapp_coins",
        _text("appid"),
        _number("env"),
        _number("user_id"),
        _number("bought"),
        _number("given"),
        _number("bought_sum"),
        _number("given_sum"),
        _number("spent_sum"),
        sa.PrimaryKeyConstraint("appid", "env", "user_id"),
        sa.CheckConstraint("bought >= 0", name="miniapp_coins_check1"),
        sa.CheckConstraint("given >= 0", name="miniapp_coins_check2"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "miniapp_coin_act",
        _text("appid"),
        _number("env"),
        _text("order_id"),
        _text("kind"),
        _number("user_id"),
        _number("amount"),
        _number("given"),
        _number("cancelled"),
        _text("pay_order_id"),
        _text("note"),
        _number("at"),
        sa.PrimaryKeyConstraint("appid", "env", "order_id"),
        sqlite_with_rowid=False,
    )
