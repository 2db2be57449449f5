"""when a message left: a receipt may come long after"""

from alembic import op
import sqlalchemy as sa

from app.db.types import UtcDateTime

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('message', sa.Column('sending_at', UtcDateTime(), nullable=True))
    # Of older messages the time of the answer is the nearest that is known.
    op.execute("UPDATE message SET sending_at = COALESCE(sent_at, updated_at)"
               " WHERE state IN ('sending', 'unknown', 'accepted', 'delivered', 'undelivered', 'failed')")


def downgrade():
    with op.batch_alter_table('message') as batch_op:
        batch_op.drop_column('sending_at')
