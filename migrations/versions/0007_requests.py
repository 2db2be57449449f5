"""requests: those whose time for an answer is over are found by an index, however long the history"""

from alembic import op
import sqlalchemy as sa

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

_UNDECIDED = sa.text('expires_at IS NOT NULL')


def upgrade():
    op.create_index(
        'ix_appointment_expires_at',
        'appointment',
        ['expires_at'],
        unique=False,
        postgresql_where=_UNDECIDED,
        sqlite_where=_UNDECIDED,
    )


def downgrade():
    op.drop_index('ix_appointment_expires_at', table_name='appointment')
