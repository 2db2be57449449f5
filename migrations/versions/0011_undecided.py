"""undecided: a garage's own requests are found by an index, however many others have"""

from alembic import op
import sqlalchemy as sa

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

_UNDECIDED = sa.text('expires_at IS NOT NULL')


def upgrade():
    op.create_index(
        'ix_appointment_undecided',
        'appointment',
        ['garage_id', 'expires_at'],
        unique=False,
        postgresql_where=_UNDECIDED,
        sqlite_where=_UNDECIDED,
    )


def downgrade():
    op.drop_index('ix_appointment_undecided', table_name='appointment')
