"""phoned: who told a customer on the phone what a message could not, and the list of those to call"""

from alembic import op
import sqlalchemy as sa
from app.db.types import UtcDateTime

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade():
    # Plain columns: neither engine rebuilds the table for them.
    op.add_column('message', sa.Column('phoned_at', UtcDateTime(), nullable=True))
    op.add_column('message', sa.Column('phoned_by_user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
    op.create_index('ix_message_garage_state_arrives', 'message', ['garage_id', 'state', 'arrives_at'], unique=False)


def downgrade():
    op.drop_index('ix_message_garage_state_arrives', table_name='message')
    op.drop_column('message', 'phoned_by_user_id')
    op.drop_column('message', 'phoned_at')
