"""keys_off: people for whom single keys do nothing"""

from alembic import op
import sqlalchemy as sa

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade():
    # A plain column: neither engine rebuilds the table for it.
    op.add_column('user_account', sa.Column('keys_off', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade():
    op.drop_column('user_account', 'keys_off')
