"""Screens that hang in a workshop."""

from alembic import op
import sqlalchemy as sa
from app.db.types import UtcDateTime

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('screen',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('garage_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('workshop_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('locale', sa.String(), nullable=False),
    sa.Column('theme', sa.String(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('seen_at', UtcDateTime(), nullable=True),
    sa.Column('revoked_at', UtcDateTime(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("theme IN ('device', 'light', 'dark')", name=op.f('ck_screen_theme_known')),
    sa.ForeignKeyConstraint(['garage_id', 'workshop_id'], ['workshop.garage_id', 'workshop.id'], name=op.f('fk_screen_garage_id_workshop_id')),
    sa.ForeignKeyConstraint(['garage_id'], ['garage.id'], name=op.f('fk_screen_garage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_screen')),
    sa.UniqueConstraint('garage_id', 'id', name='uq_screen_garage_id_id')
    )
    with op.batch_alter_table('screen', schema=None) as batch_op:
        batch_op.create_index('ix_screen_workshop', ['garage_id', 'workshop_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('screen', schema=None) as batch_op:
        batch_op.drop_index('ix_screen_workshop')

    op.drop_table('screen')
