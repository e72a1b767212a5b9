"""record: completeness, claims, duplicates, consents in full, tasks, timers"""

import sqlalchemy as sa
from alembic import op

from bot.records.database import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Plain ADD COLUMN: copying these tables would, on SQLite, delete what refers to them.
COLUMNS = {
    "enrollment": (
        sa.Column("completeness", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("authority", sa.String(16)),
        sa.Column("service_area", sa.String(8)),
        sa.Column("phone_hash", sa.String(64)),
        sa.Column("birth_hash", sa.String(64)),
    ),
    "enrollment_event": (sa.Column("reason", sa.LargeBinary()),),
    "consent": (
        sa.Column("role", sa.String(16)),
        sa.Column("name", sa.LargeBinary()),
        sa.Column("detail", sa.LargeBinary()),
    ),
}
INDEXES = {
    "ix_enrollment_phone_hash": ("enrollment", ["phone_hash"]),
    "ix_enrollment_birth_hash": ("enrollment", ["birth_hash"]),
    "ix_task_open": ("task", ["status", "due_at"]),
    "ix_task_conversation_id": ("task", ["conversation_id"]),
    "ix_timer_due_at": ("timer", ["due_at"]),
    "ix_timer_conversation_id": ("timer", ["conversation_id"]),
}


def upgrade() -> None:
    """Apply."""
    for table, columns in COLUMNS.items():
        for column in columns:
            op.add_column(table, column.copy())
    op.create_table(
        "task",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("enrollment_id", sa.String(36), nullable=False),
        sa.Column("rule", sa.String(48), nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("created_at", Moment(timezone=True), nullable=False),
        sa.Column("due_at", Moment(timezone=True), nullable=False),
        sa.Column("done_at", Moment(timezone=True)),
        sa.Column("done_by", sa.String(36)),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_task_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("enrollment_id", "rule", name=op.f("uq_task_enrollment_id_rule")),
    )
    op.create_table(
        "timer",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36)),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("due_at", Moment(timezone=True), nullable=False),
        sa.Column("created_at", Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_timer_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_timer_kind_key")),
    )
    for name, (table, indexed) in INDEXES.items():
        op.create_index(name, table, indexed)


def downgrade() -> None:
    """Take back."""
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table)
    op.drop_table("timer")
    op.drop_table("task")
    for table, columns in COLUMNS.items():
        for column in columns:
            op.drop_column(table, column.name)
