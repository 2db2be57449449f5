"""day sheets: a message is about an appointment or about a day"""

from alembic import op
import sqlalchemy as sa

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade():
    with op.batch_alter_table('message') as batch_op:
        batch_op.add_column(sa.Column('sheet_on', sa.Date(), nullable=True))
        batch_op.alter_column('appointment_id', existing_type=BIG, nullable=True)
        batch_op.create_check_constraint(
            op.f('ck_message_about_one'), '(appointment_id IS NULL) <> (sheet_on IS NULL)')
        batch_op.create_unique_constraint('uq_message_sheet', ['garage_id', 'workshop_id', 'sheet_on'])


def downgrade():
    # A sheet says nothing that the desk does not show, and has no place in the older table.
    op.execute("DELETE FROM link WHERE purpose = 'message' AND EXISTS (SELECT 1 FROM message"
               " WHERE message.garage_id = link.garage_id AND message.id = link.subject_id"
               " AND message.sheet_on IS NOT NULL)")
    op.execute('DELETE FROM message WHERE sheet_on IS NOT NULL')
    with op.batch_alter_table('message') as batch_op:
        batch_op.drop_constraint('uq_message_sheet', type_='unique')
        batch_op.drop_constraint(op.f('ck_message_about_one'), type_='check')
        batch_op.alter_column('appointment_id', existing_type=BIG, nullable=False)
        batch_op.drop_column('sheet_on')
