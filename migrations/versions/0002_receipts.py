"""receipts: when an unknown message is looked for, and numbers that want no texts"""

from alembic import op
import sqlalchemy as sa
from app.db.types import UtcDateTime

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    # Plain columns: neither engine rebuilds the table for them.
    op.add_column('message', sa.Column('look_up_at', UtcDateTime(), nullable=True))
    op.add_column('message', sa.Column('lookups', sa.Integer(), server_default='0', nullable=False))
    op.create_table('opt_out',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('garage_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('phone', sa.String(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['garage_id'], ['garage.id'], name=op.f('fk_opt_out_garage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opt_out')),
    sa.UniqueConstraint('garage_id', 'id', name='uq_opt_out_garage_id_id'),
    sa.UniqueConstraint('garage_id', 'phone', name='uq_opt_out_phone')
    )


def downgrade():
    op.drop_table('opt_out')
    op.drop_column('message', 'lookups')
    op.drop_column('message', 'look_up_at')
