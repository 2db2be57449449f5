"""Feeds and the kept texts of their events."""

from alembic import op
import sqlalchemy as sa
from app.db.types import UtcDateTime

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('feed',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('garage_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('workshop_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('resource_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('privacy', sa.String(), nullable=False),
    sa.Column('locale', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('fetched_at', UtcDateTime(), nullable=True),
    sa.Column('revoked_at', UtcDateTime(), nullable=True),
    sa.Column('exported_version', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("privacy IN ('full', 'no_contact', 'busy')", name=op.f('ck_feed_privacy_known')),
    sa.ForeignKeyConstraint(['garage_id', 'resource_id'], ['resource.garage_id', 'resource.id'], name=op.f('fk_feed_garage_id_resource_id')),
    sa.ForeignKeyConstraint(['garage_id', 'workshop_id'], ['workshop.garage_id', 'workshop.id'], name=op.f('fk_feed_garage_id_workshop_id')),
    sa.ForeignKeyConstraint(['garage_id'], ['garage.id'], name=op.f('fk_feed_garage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feed')),
    sa.UniqueConstraint('garage_id', 'id', name='uq_feed_garage_id_id')
    )
    with op.batch_alter_table('feed', schema=None) as batch_op:
        batch_op.create_index('ix_feed_workshop', ['garage_id', 'workshop_id'], unique=False)

    op.create_table('feed_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('garage_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('appointment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('span', sa.String(), nullable=False),
    sa.Column('privacy', sa.String(), nullable=False),
    sa.Column('locale', sa.String(), nullable=False),
    sa.Column('stamp', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.CheckConstraint("privacy IN ('full', 'no_contact', 'busy')", name=op.f('ck_feed_event_privacy_known')),
    sa.CheckConstraint("span IN ('visit', 'work')", name=op.f('ck_feed_event_span_known')),
    sa.ForeignKeyConstraint(['garage_id', 'appointment_id'], ['appointment.garage_id', 'appointment.id'], name=op.f('fk_feed_event_garage_id_appointment_id')),
    sa.ForeignKeyConstraint(['garage_id'], ['garage.id'], name=op.f('fk_feed_event_garage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feed_event')),
    sa.UniqueConstraint('garage_id', 'appointment_id', 'span', 'privacy', 'locale', name=op.f('uq_feed_event_garage_id_appointment_id_span_privacy_locale')),
    sa.UniqueConstraint('garage_id', 'id', name='uq_feed_event_garage_id_id')
    )


def downgrade() -> None:
    op.drop_table('feed_event')
    with op.batch_alter_table('feed', schema=None) as batch_op:
        batch_op.drop_index('ix_feed_workshop')

    op.drop_table('feed')
