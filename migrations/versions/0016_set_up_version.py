"""set-up version: raised by the database whenever a workshop's catalogue, rules, hours, resources or names change"""

from alembic import op
import sqlalchemy as sa

revision = '0016'
down_revision = '0014'
branch_labels = None
depends_on = None

OF_A_WORKSHOP = ('workshop_rules', 'opening_exception', 'resource', 'message_rules', 'reminder_rule')
KEYS = {
    'garage': ('id', None),
    'workshop': ('garage_id', 'id'),
    'service_type': ('garage_id', None),
} | dict.fromkeys(OF_A_WORKSHOP, ('garage_id', 'workshop_id'))
"""Where each table names its garage, and its workshop if it is of one alone."""
EVENTS = {'insert': ('NEW',), 'update': ('OLD', 'NEW'), 'delete': ('OLD',)}


def _raise(table, row):
    garage, workshop = KEYS[table]
    one = f' AND workshop_id = {row}.{workshop}' if workshop else ''
    return f'UPDATE workshop_calendar SET set_up_version = set_up_version + 1 WHERE garage_id = {row}.{garage}{one};'


def _watch(table):
    """A row that moves from one workshop to another is news to both."""
    if op.get_bind().dialect.name == 'sqlite':
        for event, rows in EVENTS.items():
            raised = ' '.join(_raise(table, row) for row in rows)
            op.execute(f'CREATE TRIGGER tr_{table}_set_up_{event} AFTER {event.upper()} ON {table} BEGIN {raised} END')
        return
    branches = {event: ' '.join(_raise(table, row) for row in rows) for event, rows in EVENTS.items()}
    op.execute(f"""
        CREATE FUNCTION fn_{table}_set_up() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN {branches['insert']}
            ELSIF TG_OP = 'UPDATE' THEN {branches['update']}
            ELSE {branches['delete']}
            END IF;
            RETURN NULL;
        END $$
    """)
    for event in EVENTS:
        op.execute(f'CREATE TRIGGER tr_{table}_set_up_{event} AFTER {event.upper()} ON {table} FOR EACH ROW EXECUTE FUNCTION fn_{table}_set_up()')


def _leave(table):
    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    for event in EVENTS:
        op.execute(f'DROP TRIGGER tr_{table}_set_up_{event}' + ('' if is_sqlite else f' ON {table}'))
    if not is_sqlite:
        op.execute(f'DROP FUNCTION fn_{table}_set_up()')


def upgrade():
    op.add_column('workshop_calendar', sa.Column('set_up_version', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, server_default='1'))
    # It begins anywhere, so that what a process keeps of another calendar is never taken for this one's.
    anywhere = 'abs(random() % 281474976710656)' if op.get_bind().dialect.name == 'sqlite' else 'floor(random() * 281474976710656)'
    op.execute(f'UPDATE workshop_calendar SET set_up_version = {anywhere}')
    for table in KEYS:
        _watch(table)


def downgrade():
    for table in KEYS:
        _leave(table)
    op.drop_column('workshop_calendar', 'set_up_version')
