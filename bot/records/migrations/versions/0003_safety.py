"""safety: detections, alarms, timers, the lock"""

import sqlalchemy as sa
from alembic import op

from bot.records.database import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    # Plain ADD COLUMN: copying these tables would, on SQLite, delete what refers to them.
    op.add_column("conversation", sa.Column("safety_lock", sa.String(32)))
    op.add_column("conversation", sa.Column("safety_question", sa.String(32)))
    op.add_column("message", sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "safety_detection",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("message_id", sa.String(36), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("person", sa.String(16), nullable=False),
        sa.Column("intentional", sa.Boolean(), nullable=False),
        sa.Column("means", sa.Boolean(), nullable=False),
        sa.Column("answered", sa.String(64), nullable=False),
        sa.Column("alarm_id", sa.String(36)),
        sa.Column("at", Moment(timezone=True), nullable=False),
        sa.Column("cleared_at", Moment(timezone=True)),
        sa.Column("cleared_by", sa.String(36)),
        sa.Column("verdict", sa.String(16)),
        sa.Column("verdict_by", sa.String(36)),
        sa.Column("verdict_at", Moment(timezone=True)),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_safety_detection_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_detection")),
        sa.UniqueConstraint(
            "message_id", "category", "source", name=op.f("uq_safety_detection_message_id_category_source")
        ),
    )
    op.create_index("ix_safety_detection_at", "safety_detection", ["at"])
    op.create_index("ix_safety_detection_conversation_id", "safety_detection", ["conversation_id"])
    op.create_index("ix_safety_detection_alarm_id", "safety_detection", ["alarm_id"])
    op.create_table(
        "safety_alarm",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("opened_at", Moment(timezone=True), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("acknowledged_at", Moment(timezone=True)),
        sa.Column("acknowledged_by", sa.String(36)),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_safety_alarm_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_alarm")),
    )
    op.create_index("ix_safety_alarm_open", "safety_alarm", ["acknowledged_at", "opened_at"])
    op.create_index("ix_safety_alarm_conversation_id", "safety_alarm", ["conversation_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("safety_alarm")
    op.drop_table("safety_detection")
    op.drop_column("message", "private")
    op.drop_column("conversation", "safety_question")
    op.drop_column("conversation", "safety_lock")
