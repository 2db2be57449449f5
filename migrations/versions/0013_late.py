"""late: when work overran, when a courtesy car is due and when it was back"""

from alembic import op
import sqlalchemy as sa
from app.db.types import UtcDateTime

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

IN_WORK = "status IN ('arrived', 'in_progress', 'waiting_parts')"
CAR_OUT = (
    'courtesy_car_due_at IS NOT NULL AND courtesy_car_back_at IS NULL'
    " AND status IN ('arrived', 'in_progress', 'waiting_parts', 'ready', 'collected')"
)


def upgrade():
    # Plain columns: neither engine rebuilds the table for them.
    for name in ('overran_at', 'courtesy_car_due_at', 'courtesy_car_back_at'):
        op.add_column('appointment', sa.Column(name, UtcDateTime(), nullable=True))
    op.execute("""
        UPDATE appointment SET courtesy_car_due_at = (
            SELECT max(o.ends_at) FROM occupancy o
            JOIN resource r ON r.garage_id = o.garage_id AND r.id = o.resource_id
            WHERE o.garage_id = appointment.garage_id AND o.appointment_id = appointment.id
            AND r.kind = 'courtesy_car')
        WHERE courtesy_car
    """)
    # Until now collecting meant that the courtesy car was back.
    op.execute("""
        UPDATE appointment SET courtesy_car_back_at = updated_at
        WHERE courtesy_car_due_at IS NOT NULL AND status = 'collected'
    """)
    op.create_index('ix_appointment_in_work', 'appointment', ['garage_id', 'work_ends_at'], unique=False, postgresql_where=sa.text(IN_WORK), sqlite_where=sa.text(IN_WORK))
    op.create_index('ix_appointment_car_out', 'appointment', ['garage_id', 'courtesy_car_due_at'], unique=False, postgresql_where=sa.text(CAR_OUT), sqlite_where=sa.text(CAR_OUT))


def downgrade():
    op.drop_index('ix_appointment_car_out', table_name='appointment')
    op.drop_index('ix_appointment_in_work', table_name='appointment')
    for name in ('courtesy_car_back_at', 'courtesy_car_due_at', 'overran_at'):
        op.drop_column('appointment', name)
