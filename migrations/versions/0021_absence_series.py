"""Leave and blocks that repeat: their rhythm, and the dates that belong to it."""

from alembic import op
import sqlalchemy as sa

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def big():
    return sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade():
    op.create_table('absence_series',
    sa.Column('id', big(), nullable=False),
    sa.Column('garage_id', big(), nullable=False),
    sa.Column('workshop_id', big(), nullable=False),
    sa.Column('resource_id', big(), nullable=False),
    sa.Column('weekdays', sa.JSON(), nullable=False),
    sa.Column('every_weeks', sa.Integer(), nullable=False),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('opens', sa.Integer(), nullable=False),
    sa.Column('closes', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('every_weeks BETWEEN 1 AND 8', name=op.f('ck_absence_series_every_weeks_few')),
    sa.CheckConstraint('opens >= 0 AND opens < closes AND closes <= 1440', name=op.f('ck_absence_series_hours_in_order')),
    sa.ForeignKeyConstraint(['garage_id', 'resource_id'], ['resource.garage_id', 'resource.id'], name=op.f('fk_absence_series_garage_id_resource_id')),
    sa.ForeignKeyConstraint(['garage_id', 'workshop_id'], ['workshop.garage_id', 'workshop.id'], name=op.f('fk_absence_series_garage_id_workshop_id')),
    sa.ForeignKeyConstraint(['garage_id'], ['garage.id'], name=op.f('fk_absence_series_garage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence_series')),
    sa.UniqueConstraint('garage_id', 'id', name='uq_absence_series_garage_id_id')
    )
    op.create_index('ix_absence_series_resource', 'absence_series', ['garage_id', 'resource_id'], unique=False)
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.add_column(sa.Column('series_id', big(), nullable=True))
        batch_op.create_index('ix_absence_series', ['garage_id', 'series_id'], unique=False)
        batch_op.create_foreign_key(op.f('fk_absence_garage_id_series_id'), 'absence_series', ['garage_id', 'series_id'], ['garage_id', 'id'])


def downgrade():
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('fk_absence_garage_id_series_id'), type_='foreignkey')
        batch_op.drop_index('ix_absence_series')
        batch_op.drop_column('series_id')
    op.drop_index('ix_absence_series_resource', table_name='absence_series')
    op.drop_table('absence_series')
