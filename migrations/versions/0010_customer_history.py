"""customer history: what the desk changed of a customer, and names in the order of a list"""

import unicodedata

from alembic import op
import sqlalchemy as sa
from app.db.types import UtcDateTime

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

BATCH = 1000


def big():
    return sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade():
    op.create_table('customer_event',
    sa.Column('id', big(), nullable=False),
    sa.Column('garage_id', big(), nullable=False),
    sa.Column('customer_id', big(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('former_id', big(), nullable=True),
    sa.Column('actor_user_id', big(), nullable=True),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.CheckConstraint("kind IN ('added', 'changed', 'vehicle_added', 'vehicle_changed', 'vehicle_given', 'vehicle_taken', 'merged', 'imported')", name=op.f('ck_customer_event_kind_known')),
    sa.ForeignKeyConstraint(['garage_id', 'customer_id'], ['customer.garage_id', 'customer.id'], name=op.f('fk_customer_event_garage_id_customer_id')),
    sa.ForeignKeyConstraint(['garage_id'], ['garage.id'], name=op.f('fk_customer_event_garage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_event')),
    sa.UniqueConstraint('garage_id', 'former_id', name='uq_customer_event_former'),
    sa.UniqueConstraint('garage_id', 'id', name='uq_customer_event_garage_id_id')
    )
    op.create_index('ix_customer_event_customer', 'customer_event', ['garage_id', 'customer_id'], unique=False)
    # A plain column: neither engine rebuilds the table for it.
    op.add_column('customer', sa.Column('sort_name', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False, server_default=''))
    fill_sort_names()
    op.create_index('ix_customer_sort_name', 'customer', ['garage_id', 'sort_name', 'id'], unique=False)


def fill_sort_names():
    customer = sa.table('customer', sa.column('id', sa.BigInteger()), sa.column('name', sa.String()), sa.column('sort_name', sa.String()))
    connection, last = op.get_bind(), 0
    change = customer.update().where(customer.c.id == sa.bindparam('of')).values(sort_name=sa.bindparam('key'))
    while True:
        rows = connection.execute(sa.select(customer.c.id, customer.c.name).where(customer.c.id > last).order_by(customer.c.id).limit(BATCH)).all()
        if not rows:
            return
        connection.execute(change, [{'of': row.id, 'key': sort_key(row.name)} for row in rows])
        last = rows[-1].id


def sort_key(name):
    parts = unicodedata.normalize('NFKD', name.casefold())
    return ''.join(char for char in parts if not unicodedata.combining(char))


def downgrade():
    op.drop_index('ix_customer_sort_name', table_name='customer')
    op.drop_column('customer', 'sort_name')
    op.drop_index('ix_customer_event_customer', table_name='customer_event')
    op.drop_table('customer_event')
