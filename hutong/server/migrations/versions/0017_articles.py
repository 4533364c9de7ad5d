"""articles"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "apps_kept_material",
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("media_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("handle", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kept_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("appid", "media_id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "apps_kept_material_appid_kind_kept_at_idx", "apps_kept_material", ["appid", "kind", "kept_at"]
    )
    op.create_table(
        "apps_picture",
        sa.Column("handle", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kept_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("handle"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "official_issue",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("media_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("articles", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("changed_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("publish_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("published_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("appid", "media_id", name="official_issue_appid_media_id_key"),
        sa.UniqueConstraint("appid", "article_id", name="official_issue_appid_article_id_key"),
        sa.UniqueConstraint("appid", "publish_id", name="official_issue_appid_publish_id_key"),
        sqlite_with_rowid=True,
    )
    op.create_index(
        "official_issue_appid_state_changed_at_id_idx",
        "official_issue",
        ["appid", "state", "changed_at", "id"],
    )
    op.create_index(
        "official_issue_appid_state_publish_id_idx", "official_issue", ["appid", "state", "publish_id"]
    )
    op.create_table(
        "official_article",
        sa.Column("issue_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("idx", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("handle", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("author", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("content_source_url", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("thumb_media_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("cover", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("need_open_comment", sa.Boolean(), autoincrement=False, nullable=False),
        sa.Column("only_fans_can_comment", sa.Boolean(), autoincrement=False, nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("issue_id", "idx"),
        sa.UniqueConstraint("handle", name="official_article_handle_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "official_article_content",
        sa.Column("issue_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("idx", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("html", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("issue_id", "idx"),
        sqlite_with_rowid=False,
    )
