"""links to what matters pages"""

import sqlalchemy as sa
from alembic import op

import bot.records.database

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "page_link",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", bot.records.database.Moment(timezone=True), nullable=False),
        sa.Column("expires_at", bot.records.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_page_link_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_link")),
        sa.UniqueConstraint(
            "conversation_id", "message_id", name=op.f("uq_page_link_conversation_id_message_id")
        ),
        sa.UniqueConstraint("token_hash", name=op.f("uq_page_link_token_hash")),
    )
    op.create_index("ix_page_link_conversation_id", "page_link", ["conversation_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("page_link")
