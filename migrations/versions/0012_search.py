"""search: the terms by which customers and vehicles are found, filled for those that are there"""

from collections.abc import Iterator, Sequence

from alembic import op
import sqlalchemy as sa

from booking.customers.search.keeping import list_customer_terms, list_vehicle_terms

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
BYTEWISE = sa.String().with_variant(sa.String(collation='C'), 'postgresql')
AT_ONCE = 500


def upgrade() -> None:
    op.create_table('customer_term',
    sa.Column('garage_id', BIG, nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('term', BYTEWISE, nullable=False),
    sa.Column('rest', BYTEWISE, nullable=False),
    sa.Column('customer_id', BIG, nullable=False),
    sa.CheckConstraint("kind IN ('name', 'slip', 'phone', 'phone_end')", name=op.f('ck_customer_term_kind_known')),
    sa.ForeignKeyConstraint(['garage_id', 'customer_id'], ['customer.garage_id', 'customer.id'], name=op.f('fk_customer_term_garage_id_customer_id')),
    sa.ForeignKeyConstraint(['garage_id'], ['garage.id'], name=op.f('fk_customer_term_garage_id')),
    sa.PrimaryKeyConstraint('garage_id', 'kind', 'term', 'rest', 'customer_id', name=op.f('pk_customer_term')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_customer_term_customer', 'customer_term', ['garage_id', 'customer_id'], unique=False)
    op.create_table('vehicle_term',
    sa.Column('garage_id', BIG, nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('term', BYTEWISE, nullable=False),
    sa.Column('vehicle_id', BIG, nullable=False),
    sa.CheckConstraint("kind IN ('plate', 'plate_end')", name=op.f('ck_vehicle_term_kind_known')),
    sa.ForeignKeyConstraint(['garage_id', 'vehicle_id'], ['vehicle.garage_id', 'vehicle.id'], name=op.f('fk_vehicle_term_garage_id_vehicle_id')),
    sa.ForeignKeyConstraint(['garage_id'], ['garage.id'], name=op.f('fk_vehicle_term_garage_id')),
    sa.PrimaryKeyConstraint('garage_id', 'kind', 'term', 'vehicle_id', name=op.f('pk_vehicle_term')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_vehicle_term_vehicle', 'vehicle_term', ['garage_id', 'vehicle_id'], unique=False)
    # The latest cars of a customer and the latest visits of a car are then read without the others.
    op.drop_index('ix_vehicle_customer', table_name='vehicle')
    op.create_index('ix_vehicle_customer', 'vehicle', ['garage_id', 'customer_id', 'id'], unique=False)
    op.drop_index('ix_appointment_vehicle', table_name='appointment')
    op.create_index('ix_appointment_vehicle', 'appointment', ['garage_id', 'vehicle_id', 'arrives_at'], unique=False)
    _fill()


def _fill() -> None:
    for row in _read('customer', 'name', 'phone'):
        _insert('customer_term', list_customer_terms(row.garage_id, row.id, name=row.name, phone=row.phone))
    for row in _read('vehicle', 'plate'):
        _insert('vehicle_term', list_vehicle_terms(row.garage_id, row.id, plate=row.plate))


def _read(name: str, *columns: str) -> Iterator[sa.Row]:
    """The rows by id, a few at a time."""
    table = sa.table(name, *(sa.column(column) for column in ('id', 'garage_id', *columns)))
    last = 0
    while rows := op.get_bind().execute(sa.select(table).where(table.c.id > last).order_by(table.c.id).limit(AT_ONCE)).all():
        yield from rows
        last = rows[-1].id


def _insert(name: str, values: Sequence[dict[str, object]]) -> None:
    if values:
        op.bulk_insert(sa.table(name, *(sa.column(column) for column in values[0])), list(values))


def downgrade() -> None:
    op.drop_index('ix_appointment_vehicle', table_name='appointment')
    op.create_index('ix_appointment_vehicle', 'appointment', ['garage_id', 'vehicle_id'], unique=False)
    op.drop_index('ix_vehicle_customer', table_name='vehicle')
    op.create_index('ix_vehicle_customer', 'vehicle', ['garage_id', 'customer_id'], unique=False)
    op.drop_table('vehicle_term')
    op.drop_table('customer_term')
