"""The few tables that belong to no garage; a guard test holds every other table to ``garage_id``."""

PLATFORM_TABLES = frozenset(
    {
        "alembic_version",
        "garage",  # the tenant itself
        "user_account",  # a person may work in several garages
        "user_session",
        "rate_count",  # counted per address, before any garage is known
        "scheduler_tick",  # liveness of the scheduler processes
    }
)
