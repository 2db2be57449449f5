"""absences: leave and blocks as they were entered, and what the desk closed of a date"""

from alembic import op
import sqlalchemy as sa
from app.db.types import UtcDateTime

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def big():
    return sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade():
    op.create_table('absence',
    sa.Column('id', big(), nullable=False),
    sa.Column('garage_id', big(), nullable=False),
    sa.Column('workshop_id', big(), nullable=False),
    sa.Column('resource_id', big(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('starts_at', UtcDateTime(), nullable=False),
    sa.Column('ends_at', UtcDateTime(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('entered_at', UtcDateTime(), nullable=False),
    sa.Column('entered_by_user_id', big(), nullable=True),
    sa.Column('removed_at', UtcDateTime(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('leave', 'block')", name=op.f('ck_absence_kind_known')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_absence_not_empty')),
    sa.ForeignKeyConstraint(['garage_id', 'resource_id'], ['resource.garage_id', 'resource.id'], name=op.f('fk_absence_garage_id_resource_id')),
    sa.ForeignKeyConstraint(['garage_id', 'workshop_id'], ['workshop.garage_id', 'workshop.id'], name=op.f('fk_absence_garage_id_workshop_id')),
    sa.ForeignKeyConstraint(['garage_id'], ['garage.id'], name=op.f('fk_absence_garage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence')),
    sa.UniqueConstraint('garage_id', 'id', name='uq_absence_garage_id_id')
    )
    op.create_index('ix_absence_workshop_ends', 'absence', ['garage_id', 'workshop_id', 'ends_at'], unique=False)
    # Plain columns: neither engine rebuilds the table for them.
    op.add_column('opening_exception', sa.Column('closed', sa.JSON(none_as_null=True), nullable=True))
    op.add_column('opening_exception', sa.Column('entered_at', UtcDateTime(), nullable=True))
    op.add_column('opening_exception', sa.Column('removed_at', UtcDateTime(), nullable=True))
    op.add_column('opening_exception', sa.Column('version', sa.Integer(), nullable=False, server_default='1'))


def downgrade():
    op.drop_column('opening_exception', 'version')
    op.drop_column('opening_exception', 'removed_at')
    op.drop_column('opening_exception', 'entered_at')
    op.drop_column('opening_exception', 'closed')
    op.drop_index('ix_absence_workshop_ends', table_name='absence')
    op.drop_table('absence')
