"""unplanned: visits without a place, and arrivals that are only wished"""

from alembic import op
import sqlalchemy as sa

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

UNPLANNED = "work_starts_at IS NULL AND status IN ('requested', 'confirmed', 'arrived', 'in_progress', 'waiting_parts')"


def upgrade():
    # A plain column: neither engine rebuilds the table for it.
    op.add_column('appointment', sa.Column('is_wish', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index('ix_appointment_unplanned', 'appointment', ['garage_id', 'arrives_at'], unique=False, postgresql_where=sa.text(UNPLANNED), sqlite_where=sa.text(UNPLANNED))


def downgrade():
    op.drop_index('ix_appointment_unplanned', table_name='appointment')
    op.drop_column('appointment', 'is_wish')
