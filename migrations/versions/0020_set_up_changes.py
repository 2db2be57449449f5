"""set-up changes: who has set what at the desk, and when a garage file was loaded; message rules have a version"""

from alembic import op
import sqlalchemy as sa
from app.db.types import UtcDateTime

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def big():
    return sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade():
    op.create_table('set_up_change',
    sa.Column('id', big(), nullable=False),
    sa.Column('garage_id', big(), nullable=False),
    sa.Column('workshop_id', big(), nullable=True),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('by_file', sa.Boolean(), nullable=False),
    sa.Column('user_id', big(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('act', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['garage_id', 'workshop_id'], ['workshop.garage_id', 'workshop.id'], name=op.f('fk_set_up_change_garage_id_workshop_id')),
    sa.ForeignKeyConstraint(['garage_id'], ['garage.id'], name=op.f('fk_set_up_change_garage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_set_up_change')),
    sa.UniqueConstraint('garage_id', 'id', name='uq_set_up_change_garage_id_id')
    )
    # A plain column: neither engine rebuilds the table for it.
    op.add_column('message_rules', sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False))


def downgrade():
    op.drop_column('message_rules', 'version')
    op.drop_table('set_up_change')
