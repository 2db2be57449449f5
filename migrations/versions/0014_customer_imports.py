"""customer imports: lists that were sent and looked at, kept until they are stored or their time is over"""

from alembic import op
import sqlalchemy as sa
from app.db.types import UtcDateTime

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def big():
    return sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade():
    op.create_table('customer_import',
    sa.Column('id', big(), nullable=False),
    sa.Column('garage_id', big(), nullable=False),
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('header', sa.JSON(), nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.Column('uploaded_by_user_id', big(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=False),
    sa.Column('stored_at', UtcDateTime(), nullable=True),
    sa.Column('result', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['garage_id'], ['garage.id'], name=op.f('fk_customer_import_garage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_import')),
    sa.UniqueConstraint('garage_id', 'id', name='uq_customer_import_garage_id_id')
    )
    op.create_index('ix_customer_import_expires_at', 'customer_import', ['expires_at'], unique=False)


def downgrade():
    op.drop_index('ix_customer_import_expires_at', table_name='customer_import')
    op.drop_table('customer_import')
