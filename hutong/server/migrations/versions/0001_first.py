"""The tables of the first release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "apps_act",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("org_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("verb", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("target", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("done_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("apps_act", schema=None) as batch_op:
        batch_op.create_index("apps_act_org_id_id_idx", ["org_id", "id"], unique=False)

    op.create_table(
        "apps_app",
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("org_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("original_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("secret_sealed", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("introduction", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("avatar", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("appid"),
        sa.UniqueConstraint("original_id", name="apps_app_original_id_key"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("apps_app", schema=None) as batch_op:
        batch_op.create_index("apps_app_name_appid_idx", ["name", "appid"], unique=False)
        batch_op.create_index("apps_app_org_id_appid_idx", ["org_id", "appid"], unique=False)

    op.create_table(
        "apps_code",
        sa.Column("text", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("target", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("text"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "apps_grant",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("granted_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("user_id", "appid", "scope"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("apps_grant", schema=None) as batch_op:
        batch_op.create_index("apps_grant_appid_user_id_idx", ["appid", "user_id"], unique=False)

    op.create_table(
        "apps_material",
        sa.Column("media_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("handle", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("media_id"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("apps_material", schema=None) as batch_op:
        batch_op.create_index("apps_material_appid_made_at_idx", ["appid", "made_at"], unique=False)

    op.create_table(
        "apps_member",
        sa.Column("org_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("joined_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("org_id", "user_id"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("apps_member", schema=None) as batch_op:
        batch_op.create_index("apps_member_user_id_org_id_idx", ["user_id", "org_id"], unique=False)

    op.create_table(
        "apps_openid",
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("openid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("appid", "openid"),
        sa.UniqueConstraint("appid", "user_id", name="apps_openid_appid_user_id_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "apps_organisation",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("locale", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("time_zone", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "apps_push",
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("token_sealed", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("encoding_aes_key_sealed", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("mode", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("format", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("set_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("appid"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "apps_push_check",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("token_sealed", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("encoding_aes_key_sealed", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("mode", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("format", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("echostr", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("apps_push_check", schema=None) as batch_op:
        batch_op.create_index("apps_push_check_appid_id_idx", ["appid", "id"], unique=False)

    op.create_table(
        "apps_quota",
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("day", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("used", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("appid", "name", "day"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "apps_ticket",
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("appid", "type"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "apps_token",
        sa.Column("mac", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("issued_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("superseded", sa.Boolean(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("mac"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("apps_token", schema=None) as batch_op:
        batch_op.create_index("apps_token_appid_expires_at_idx", ["appid", "expires_at"], unique=False)
        batch_op.create_index(
            "apps_token_appid_kind_superseded_idx", ["appid", "kind", "superseded"], unique=False
        )

    op.create_table(
        "apps_unionid",
        sa.Column("org_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unionid", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("org_id", "user_id"),
        sa.UniqueConstraint("org_id", "unionid", name="apps_unionid_org_id_unionid_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "chat_conversation",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("parties", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("announcement", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("members", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("faces", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("join_code", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("join_code_expires_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("join_code", name="chat_conversation_join_code_key"),
        sa.UniqueConstraint("parties", name="chat_conversation_parties_key"),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "chat_member",
        sa.Column("conversation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("joined_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("read_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cleared_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hidden_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pinned", sa.Boolean(), autoincrement=False, nullable=False),
        sa.Column("muted", sa.Boolean(), autoincrement=False, nullable=False),
        sa.Column("alias", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("mentioned_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "user_id"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("chat_member", schema=None) as batch_op:
        batch_op.create_index("chat_member_user_id_pinned_idx", ["user_id", "pinned"], unique=False)

    op.create_table(
        "chat_message",
        sa.Column("conversation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("client_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("sent_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quoted_seq", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "seq"),
        sa.UniqueConstraint(
            "conversation_id", "sender", "client_id", name="chat_message_conversation_id_sender_client_id_key"
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "contacts_block",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("blocked_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("blocked_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "blocked_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "contacts_book",
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("contacts", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("user_id"),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "contacts_contact",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("added_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("remark", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("starred", sa.Boolean(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "contact_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "contacts_request",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("from_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("to_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("greeting", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("answered_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("from_id", "to_id", name="contacts_request_from_id_to_id_key"),
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("contacts_request", schema=None) as batch_op:
        batch_op.create_index("contacts_request_from_id_asked_at_idx", ["from_id", "asked_at"], unique=False)
        batch_op.create_index("contacts_request_to_id_id_idx", ["to_id", "id"], unique=False)

    op.create_table(
        "contacts_tag",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "id"),
        sa.UniqueConstraint("user_id", "name", name="contacts_tag_user_id_name_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "contacts_tagging",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tag_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "tag_id", "contact_id"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("contacts_tagging", schema=None) as batch_op:
        batch_op.create_index(
            "contacts_tagging_user_id_contact_id_idx", ["user_id", "contact_id"], unique=False
        )

    op.create_table(
        "desk_call",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("business_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("direction", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("protocol", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("method", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("host", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("path", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("query", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("endpoint", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("caller", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("org_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("subject", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("status", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("duration_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("request_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("request_headers", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("request_body", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("response_headers", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("response_body", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("response_fields", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("refusal", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("decrypted", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("explanation", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("desk_call", schema=None) as batch_op:
        batch_op.create_index("desk_call_caller_id_idx", ["caller", "id"], unique=False)
        batch_op.create_index("desk_call_endpoint_id_idx", ["endpoint", "id"], unique=False)
        batch_op.create_index("desk_call_org_id_id_idx", ["org_id", "id"], unique=False)
        batch_op.create_index("desk_call_protocol_id_idx", ["protocol", "id"], unique=False)
        batch_op.create_index("desk_call_request_id_idx", ["request_id"], unique=False)
        batch_op.create_index("desk_call_subject_id_idx", ["subject", "id"], unique=False)

    op.create_table(
        "identity_password",
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("password_hash", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("changed_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("failures", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("failing_since", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("user_id"),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "identity_proof",
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("pin_mac", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("set_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("failures", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("locked_until", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("user_id"),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "identity_session",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token_mac", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("device", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seen_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_mac", name="identity_session_token_mac_key"),
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("identity_session", schema=None) as batch_op:
        batch_op.create_index("identity_session_user_id_id_idx", ["user_id", "id"], unique=False)

    op.create_table(
        "identity_user",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("username", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("nickname", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("personal_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("phone", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("avatar", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("region", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("signature", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("findable_by_phone", sa.Boolean(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("personal_code", name="identity_user_personal_code_key"),
        sa.UniqueConstraint("phone", name="identity_user_phone_key"),
        sa.UniqueConstraint("username", name="identity_user_username_key"),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "insight_sales",
        sa.Column("mchid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("day", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("paid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("paid_amount", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("refunded", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("refunded_amount", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("mchid", "currency", "day"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "kernel_delivery",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("notify_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("payload", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("next_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("attempts", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("leased_until", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("leased_by", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("delivered_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("last_status", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("last_error", sa.Text(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("notify_id", name="kernel_delivery_notify_id_key"),
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("kernel_delivery", schema=None) as batch_op:
        batch_op.create_index("kernel_delivery_owner_id_idx", ["owner", "id"], unique=False)
        batch_op.create_index("kernel_delivery_state_id_idx", ["state", "id"], unique=False)
        batch_op.create_index("kernel_delivery_state_next_at_idx", ["state", "next_at"], unique=False)
        batch_op.create_index("kernel_delivery_subject_id_idx", ["subject", "id"], unique=False)

    op.create_table(
        "kernel_delivery_attempt",
        sa.Column("delivery_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("status", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("error", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("answer", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "kernel_outbox",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("topic", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("handler", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("event_key", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("payload", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("due_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("attempts", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_error", sa.Text(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("kernel_outbox", schema=None) as batch_op:
        batch_op.create_index(
            "kernel_outbox_handler_event_key_due_at_id_idx",
            ["handler", "event_key", "due_at", "id"],
            unique=False,
        )
        batch_op.create_index("kernel_outbox_run_at_id_idx", ["run_at", "id"], unique=False)

    op.create_table(
        "kernel_state",
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "kernel_update",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "seq"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "kernel_update_body",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "kernel_update_head",
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("user_id"),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "media_file",
        sa.Column("handle", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("content_hash", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("content_type", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("width", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("height", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("thumbnail_hash", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("handle"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("media_file", schema=None) as batch_op:
        batch_op.create_index("media_file_owner_created_at_idx", ["owner", "created_at"], unique=False)

    op.create_table(
        "miniapp_link",
        sa.Column("text", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("path", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("query", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("expire_type", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("expire_interval", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("text"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("miniapp_link", schema=None) as batch_op:
        batch_op.create_index("miniapp_link_appid_made_at_idx", ["appid", "made_at"], unique=False)

    op.create_table(
        "miniapp_one_time_code",
        sa.Column("mac", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("purpose", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("used_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("mac"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("miniapp_one_time_code", schema=None) as batch_op:
        batch_op.create_index(
            "miniapp_one_time_code_appid_user_id_purpose_idx", ["appid", "user_id", "purpose"], unique=False
        )

    op.create_table(
        "miniapp_program",
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("limited_codes", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lasting_links", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("appid"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "miniapp_session",
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key_sealed", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("appid", "user_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "miniapp_version",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("description", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("content_hash", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pages", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("uploaded_by", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("uploaded_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("released_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("miniapp_version", schema=None) as batch_op:
        batch_op.create_index("miniapp_version_appid_id_idx", ["appid", "id"], unique=False)
        batch_op.create_index("miniapp_version_appid_state_id_idx", ["appid", "state", "id"], unique=False)

    op.create_table(
        "miniapp_visit",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("opened_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("times", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "appid"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("miniapp_visit", schema=None) as batch_op:
        batch_op.create_index("miniapp_visit_user_id_opened_at_idx", ["user_id", "opened_at"], unique=False)

    op.create_table(
        "official_account",
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("fans", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("permanent_scenes", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_tag_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("blocks", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("web_domains", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("primary_industry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("secondary_industry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("industry_set_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("appid"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "official_allowance",
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("act", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("left_over", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("appid", "user_id", "act"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "official_block",
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("appid", "user_id"),
        sa.UniqueConstraint("appid", "id", name="official_block_appid_id_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "official_follow",
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("scene", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("code_scene", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("followed_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("remark", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("appid", "user_id"),
        sa.UniqueConstraint("appid", "id", name="official_follow_appid_id_key"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("official_follow", schema=None) as batch_op:
        batch_op.create_index("official_follow_user_id_id_idx", ["user_id", "id"], unique=False)

    op.create_table(
        "official_menu",
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("menu_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("buttons", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("set_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("appid"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "official_notice",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("template_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sent_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("client_msg_id", sa.Text(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "appid", "user_id", "client_msg_id", name="official_notice_appid_user_id_client_msg_id_key"
        ),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "official_scene",
        sa.Column("ticket", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("scene", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("permanent", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("expires_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("ticket"),
        sa.UniqueConstraint("appid", "permanent", name="official_scene_appid_permanent_key"),
        sa.UniqueConstraint("url", name="official_scene_url_key"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("official_scene", schema=None) as batch_op:
        batch_op.create_index("official_scene_appid_made_at_idx", ["appid", "made_at"], unique=False)

    op.create_table(
        "official_tag",
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("tag_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("fans", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("appid", "tag_id"),
        sa.UniqueConstraint("appid", "name", name="official_tag_appid_name_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "official_tagging",
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("tag_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("appid", "tag_id", "user_id"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("official_tagging", schema=None) as batch_op:
        batch_op.create_index(
            "official_tagging_appid_user_id_tag_id_idx", ["appid", "user_id", "tag_id"], unique=False
        )

    op.create_table(
        "official_template",
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("template_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("template_id_short", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("example", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("added_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("appid", "template_id"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("official_template", schema=None) as batch_op:
        batch_op.create_index("official_template_appid_added_at_idx", ["appid", "added_at"], unique=False)

    op.create_table(
        "official_web_login",
        sa.Column("mac", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("used_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("mac"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("official_web_login", schema=None) as batch_op:
        batch_op.create_index(
            "official_web_login_appid_user_id_kind_idx", ["appid", "user_id", "kind"], unique=False
        )

    op.create_table(
        "pay_account",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("posted", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pending_out", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("kind = 'bank' or posted - pending_out >= 0", name="pay_account_check2"),
        sa.CheckConstraint("pending_out >= 0", name="pay_account_check1"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pay_bill",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("direction", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("counterpart", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("method", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mchid", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("refund_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("remittance_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("user_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pay_card",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("bank", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("bank_name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("last4", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("behaviour", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pay_cashier",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mchid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pay_merchant",
        sa.Column("mchid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("org_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("api_v2_key_sealed", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("api_v3_key_sealed", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("trust", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("mchid"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("pay_merchant", schema=None) as batch_op:
        batch_op.create_index("pay_merchant_org_id_mchid_idx", ["org_id", "mchid"], unique=False)

    op.create_table(
        "pay_merchant_app",
        sa.Column("mchid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("appid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("mchid", "appid"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("pay_merchant_app", schema=None) as batch_op:
        batch_op.create_index("pay_merchant_app_appid_idx", ["appid"], unique=False)

    op.create_table(
        "pay_merchant_certificate",
        sa.Column("serial_no", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("mchid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("certificate", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("effective_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("revoked", sa.Boolean(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("serial_no"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("pay_merchant_certificate", schema=None) as batch_op:
        batch_op.create_index("pay_merchant_certificate_mchid_idx", ["mchid"], unique=False)

    op.create_table(
        "pay_nonce",
        sa.Column("digest", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("seen_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("digest"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("pay_nonce", schema=None) as batch_op:
        batch_op.create_index("pay_nonce_seen_at_idx", ["seen_at"], unique=False)

    op.create_table(
        "pay_order",
        sa.Column("mchid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("out_trade_no", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("prepay_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("prepay_expires_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("terms", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("trust", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("payer_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("openid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("bank_type", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("transaction_id", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("paid_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("refunded", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("refunds", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("refunded >= 0", name="pay_order_check1"),
        sa.PrimaryKeyConstraint("mchid", "id"),
        sa.UniqueConstraint("code", name="pay_order_code_key"),
        sa.UniqueConstraint("mchid", "out_trade_no", name="pay_order_mchid_out_trade_no_key"),
        sa.UniqueConstraint("prepay_id", name="pay_order_prepay_id_key"),
        sa.UniqueConstraint("transaction_id", name="pay_order_transaction_id_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pay_platform_key",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("key_use", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("private_key_sealed", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("public_part", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("effective_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("pay_platform_key", schema=None) as batch_op:
        batch_op.create_index(
            "pay_platform_key_key_use_effective_at_idx", ["key_use", "effective_at"], unique=False
        )

    op.create_table(
        "pay_refund",
        sa.Column("mchid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("out_refund_no", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("refund_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("terms", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("user_received_account", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("trust", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("success_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("mchid", "id"),
        sa.UniqueConstraint("mchid", "out_refund_no", name="pay_refund_mchid_out_refund_no_key"),
        sa.UniqueConstraint("refund_id", name="pay_refund_refund_id_key"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("pay_refund", schema=None) as batch_op:
        batch_op.create_index("pay_refund_mchid_order_id_id_idx", ["mchid", "order_id", "id"], unique=False)

    op.create_table(
        "pay_remittance",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("client_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("direction", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("settled_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("failure", sa.Text(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("user_id", "id"),
        sa.UniqueConstraint("user_id", "client_id", name="pay_remittance_user_id_client_id_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pay_transfer",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("ref", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("debit", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("credit", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("posted", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("settled_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.CheckConstraint("amount > 0", name="pay_transfer_check1"),
        sa.CheckConstraint("posted >= 0 and posted <= amount", name="pay_transfer_check2"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code", "ref", name="pay_transfer_code_ref_key"),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "work_access_token",
        sa.Column("token_mac", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("token_sealed", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("corpid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("agentid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("token_mac"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("work_access_token", schema=None) as batch_op:
        batch_op.create_index(
            "work_access_token_corpid_agentid_expires_at_idx",
            ["corpid", "agentid", "expires_at"],
            unique=False,
        )
        batch_op.create_index("work_access_token_expires_at_idx", ["expires_at"], unique=False)

    op.create_table(
        "work_corp",
        sa.Column("corpid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("org_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("corpid"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("work_corp", schema=None) as batch_op:
        batch_op.create_index("work_corp_org_id_idx", ["org_id"], unique=False)

    op.create_table(
        "work_credential",
        sa.Column("corpid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("agentid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("description", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("secret_mac", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("secret_sealed", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("token_sealed", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("encoding_aes_key_sealed", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("callback_url", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("home_url", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("redirect_domain", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("corpid", "agentid"),
        sa.UniqueConstraint("corpid", "secret_mac", name="work_credential_corpid_secret_mac_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "work_department",
        sa.Column("corpid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("parentid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name_en", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sort_order", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("depth", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("corpid", "id"),
        sa.UniqueConstraint("corpid", "parentid", "name", name="work_department_corpid_parentid_name_key"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("work_department", schema=None) as batch_op:
        batch_op.create_index(
            "work_department_corpid_parentid_sort_order_idx",
            ["corpid", "parentid", "sort_order"],
            unique=False,
        )

    op.create_table(
        "work_department_member",
        sa.Column("corpid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("userid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("department_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sort_order", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("leader", sa.Boolean(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("corpid", "userid", "department_id"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("work_department_member", schema=None) as batch_op:
        batch_op.create_index(
            "work_department_member_corpid_department_id_userid_idx",
            ["corpid", "department_id", "userid"],
            unique=False,
        )

    op.create_table(
        "work_member",
        sa.Column("corpid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("userid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("folded", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("open_userid", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("mobile", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("alias", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("email", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("biz_mail", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("telephone", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("english_name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("gender", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("job", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("address", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("main_department", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("direct_leader", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("external_position", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("status", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("joined_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("corpid", "userid"),
        sa.UniqueConstraint("corpid", "folded", name="work_member_corpid_folded_key"),
        sa.UniqueConstraint("corpid", "mobile", name="work_member_corpid_mobile_key"),
        sa.UniqueConstraint("corpid", "open_userid", name="work_member_corpid_open_userid_key"),
        sa.UniqueConstraint("corpid", "user_id", name="work_member_corpid_user_id_key"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("work_member", schema=None) as batch_op:
        batch_op.create_index("work_member_user_id_idx", ["user_id"], unique=False)
