"""django-appointment beside us: the same hours and bookings in its own tables, on the same database.

It runs in this process, by its own functions and views; nothing of HTTP or of a server is charged to it.
"""

from __future__ import annotations

import importlib
import logging
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from itertools import count
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from bench.case import FIRST, Booking, Size

VERSION = "django-appointment 3.12.0"
NEED, OPENS, CLOSES = 15, 8 * 60, 18 * 60
APPS = (
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "phonenumber_field",
    "appointment",
)
MIDDLEWARE = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
)
PROCESSORS = (
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
)
_numbers = count(1)


class Peer:
    """An installation with one service of 15 minutes; each member of staff is one fill of the year."""

    def __init__(self, url: str) -> None:
        _configure(url)
        call_command("migrate", verbosity=0)
        call_command("migrate", run_syncdb=True, verbosity=0)  # the package comes without migrations
        self._models = importlib.import_module("appointment.models")
        self._services = importlib.import_module("appointment.services")
        self._weekday = importlib.import_module("appointment.utils.db_helpers").get_weekday_num_from_date
        self._user = importlib.import_module("django.contrib.auth").get_user_model()
        self._service = self._models.Service.objects.create(
            name="oil", duration=timedelta(minutes=NEED), price=1
        )

    def add_staff(self, bookings: Sequence[Booking]) -> Any:
        """Somebody who works from eight to six on weekdays, with these visits."""
        name = f"staff{next(_numbers)}"
        user = self._user.objects.create_user(name, f"{name}@peer.example", "p")
        staff = self._models.StaffMember.objects.create(
            user=user,
            slot_duration=NEED,
            lead_time=clock_time(8),
            finish_time=clock_time(18),
            appointment_buffer_time=0,
        )
        staff.services_offered.add(self._service)
        for weekday in range(1, 6):
            self._models.WorkingHours.objects.create(
                staff_member=staff, day_of_week=weekday, start_time=clock_time(8), end_time=clock_time(18)
            )
        self._store(staff, user, bookings)
        return self._models.StaffMember.objects.get(pk=staff.pk)

    def month(self, staff: Any, size: Size) -> list[tuple[date, datetime]]:
        """Every start that it offers, asked day by day as its page does."""
        days = [FIRST + timedelta(days=day) for day in range(size.days)]
        return [
            (on, slot)
            for on in days
            for slot in self._services.get_available_slots_for_staff(
                on, staff, self._weekday(on), service=self._service
            )
        ]

    def rush(self, staff: Any, on: date, clients: int) -> int:
        """So many customers post its two forms for nine o'clock at one moment; visits stored."""
        barrier = threading.Barrier(clients)
        names = [f"c{next(_numbers)}" for _ in range(clients)]
        users = [self._user.objects.create_user(name, f"{name}@peer.example", "p") for name in names]
        form = {"service": self._service.pk, "staff_member": staff.pk, "date": str(on)}
        threads = [threading.Thread(target=_post, args=(form, user, barrier)) for user in users]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        requested = {"appointment_request__staff_member": staff, "appointment_request__date": on}
        return int(self._models.Appointment.objects.filter(**requested).count())

    def close(self) -> None:
        connection.close()

    def _store(self, staff: Any, user: Any, bookings: Sequence[Booking]) -> None:
        requests = self._models.AppointmentRequest.objects.bulk_create(
            [
                self._models.AppointmentRequest(
                    date=FIRST + timedelta(days=each.day),
                    start_time=clock_time(*divmod(each.start, 60)),
                    end_time=clock_time(*divmod(each.end, 60)),
                    service=self._service,
                    staff_member=staff,
                    id_request=f"r{next(_numbers)}",
                )
                for each in bookings
            ],
            batch_size=500,
        )
        self._models.Appointment.objects.bulk_create(
            [
                self._models.Appointment(
                    client=user, appointment_request=each, phone="", id_request=each.id_request
                )
                for each in requests
            ],
            batch_size=500,
        )


def _post(form: dict[str, Any], user: Any, barrier: threading.Barrier) -> None:
    client = importlib.import_module("django.test").Client()
    try:
        client.force_login(user)
        barrier.wait(30)
        slot = {"start_time": "09:00", "end_time": "09:15"}
        asked = client.post("/a/request-submit/", form | slot)
        person = {
            "name": "N",
            "email": user.email,
            "phone_0": "US",
            "phone_1": "2025550123",
            "address": "a",
            "additional_info": "",
            "payment_type": "full",
        }
        client.post(asked["Location"], person)
    finally:
        connection.close()


def _configure(url: str) -> None:
    """Django's settings, once a process; another database is put in their place later on."""
    database = _database(url)
    if settings.configured:
        connections.close_all()
        del connections["default"]
        connections.settings["default"] = connections.configure_settings({"default": database})["default"]
        return
    urls = ModuleType("bench_peer_urls")
    sys.modules[urls.__name__] = urls
    settings.configure(
        SECRET_KEY="only-for-measuring",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=urls.__name__,
        USE_TZ=True,
        TIME_ZONE="Europe/Paris",
        DATABASES={"default": database},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        STATIC_URL="/s/",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        LOGGING_CONFIG=None,
        INSTALLED_APPS=list(APPS),
        MIDDLEWARE=list(MIDDLEWARE),
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": list(PROCESSORS)},
            }
        ],
    )
    logging.disable(logging.WARNING)  # its views tell each step
    django.setup()
    address = importlib.import_module("django.urls")
    urls.urlpatterns = [address.path("a/", address.include("appointment.urls"))]  # type: ignore[attr-defined]


def _database(url: str) -> dict[str, Any]:
    """As Django takes it: WAL and immediate transactions on SQLite, a kept connection on PostgreSQL."""
    if url.startswith("sqlite"):
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        options = {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": pragmas}
        name = url.removeprefix("sqlite:///")
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": name, "OPTIONS": options}
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.strip("/"),
        "USER": parts.username,
        "HOST": parse_qs(parts.query)["host"][0],
        "CONN_MAX_AGE": 600,
    }


def year(count_a_year: int) -> list[Booking]:
    """So many quarters of an hour a year: on every weekday every other quarter from eight on."""
    return list(_year(count_a_year // 250))


def _year(a_day: int) -> Iterator[Booking]:
    day, worked = -120, 0
    while worked < 250:
        if (FIRST + timedelta(days=day)).weekday() < 5:
            worked += 1
            for number in range(a_day):
                start = OPENS + 2 * NEED * number
                yield Booking(day, start, start + NEED, 0, 0)
        day += 1


def read_slot(on: date, slot: datetime) -> tuple[date, int]:
    """A start as it gives it, as minutes of the local day."""
    return on, slot.hour * 60 + slot.minute
