"""api keys"""

import sqlalchemy as sa
from alembic import op

import bot.records.database

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", bot.records.database.Moment(timezone=True), nullable=False),
        sa.Column("last_used_at", bot.records.database.Moment(timezone=True), nullable=True),
        sa.Column("removed_at", bot.records.database.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("api_key")
