"""holds: slots kept for somebody who is still typing"""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op
import sqlalchemy as sa
from app.db.types import UtcDateTime

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


@contextmanager
def _keeping_triggers(table: str) -> Iterator[None]:
    """SQLite copies the table to give it a foreign key, and its triggers with the old one are gone."""
    bind = op.get_bind()
    found = []
    if bind.dialect.name == 'sqlite':
        statement = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name ORDER BY name")
        found = list(bind.scalars(statement, {'name': table}))
    yield
    for sql in found:
        op.execute(sa.DDL(sql.replace('%', '%%')))


def upgrade() -> None:
    op.create_table('hold',
    sa.Column('id', BIG, nullable=False),
    sa.Column('garage_id', BIG, nullable=False),
    sa.Column('workshop_id', BIG, nullable=False),
    sa.Column('arrives_at', UtcDateTime(), nullable=False),
    sa.Column('work_minutes', sa.Integer(), nullable=False),
    sa.Column('service_type_ids', sa.JSON(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('address_hash', sa.String(), nullable=False),
    sa.Column('taken_at', UtcDateTime(), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("source IN ('page', 'widget', 'api', 'desk')", name=op.f('ck_hold_source_known')),
    sa.CheckConstraint('work_minutes > 0', name=op.f('ck_hold_work_positive')),
    sa.ForeignKeyConstraint(['garage_id', 'workshop_id'], ['workshop.garage_id', 'workshop.id'], name=op.f('fk_hold_garage_id_workshop_id')),
    sa.ForeignKeyConstraint(['garage_id'], ['garage.id'], name=op.f('fk_hold_garage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hold')),
    sa.UniqueConstraint('garage_id', 'id', name='uq_hold_garage_id_id')
    )
    op.create_index('ix_hold_workshop_expires', 'hold', ['garage_id', 'workshop_id', 'expires_at'], unique=False)
    op.create_index('ix_hold_expires_at', 'hold', ['expires_at'], unique=False)
    with _keeping_triggers('occupancy'), op.batch_alter_table('occupancy') as batch_op:
        batch_op.add_column(sa.Column('hold_id', BIG, nullable=True))
        batch_op.create_foreign_key(op.f('fk_occupancy_garage_id_hold_id'), 'hold', ['garage_id', 'hold_id'], ['garage_id', 'id'])
        batch_op.create_check_constraint(op.f('ck_occupancy_hold_of_hold'), "kind <> 'hold' OR hold_id IS NOT NULL")
        batch_op.create_index('ix_occupancy_hold', ['garage_id', 'hold_id'], unique=False)
    with op.batch_alter_table('booking_draft') as batch_op:
        batch_op.add_column(sa.Column('hold_id', BIG, nullable=True))
        batch_op.create_foreign_key(op.f('fk_booking_draft_garage_id_hold_id'), 'hold', ['garage_id', 'hold_id'], ['garage_id', 'id'])
        batch_op.create_index('ix_booking_draft_hold', ['garage_id', 'hold_id'], unique=False)


def downgrade() -> None:
    op.execute("DELETE FROM occupancy WHERE kind = 'hold'")
    with op.batch_alter_table('booking_draft') as batch_op:
        batch_op.drop_index('ix_booking_draft_hold')
        batch_op.drop_constraint(op.f('fk_booking_draft_garage_id_hold_id'), type_='foreignkey')
        batch_op.drop_column('hold_id')
    with _keeping_triggers('occupancy'), op.batch_alter_table('occupancy') as batch_op:
        batch_op.drop_index('ix_occupancy_hold')
        batch_op.drop_constraint(op.f('ck_occupancy_hold_of_hold'), type_='check')
        batch_op.drop_constraint(op.f('fk_occupancy_garage_id_hold_id'), type_='foreignkey')
        batch_op.drop_column('hold_id')
    op.drop_index('ix_hold_expires_at', table_name='hold')
    op.drop_index('ix_hold_workshop_expires', table_name='hold')
    op.drop_table('hold')
