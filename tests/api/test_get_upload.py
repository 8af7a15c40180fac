from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from synthmill.app.core.services import Services
from synthmill.app.factory import create_app
from tests.api.caller import Caller


def test_a_view_says_when_the_upload_is_removed(api: Caller, services: Services, token: str) -> None:
    made = api.post("/uploads", data=b"a").json["data"]
    settings = replace(services.settings, upload_retention_days=3)
    keeping = Caller(create_app(services=replace(services, settings=settings)), token)
    shown = keeping.get(f"/uploads/{made['id']}").json["data"]
    lasts = datetime.fromisoformat(shown["expires_at"]) - datetime.fromisoformat(shown["created_at"])
    assert timedelta(days=3) <= lasts < timedelta(days=3, minutes=1)


def test_what_is_not_there_is_404(api: Caller) -> None:
    assert "up_x" in api.refused(404, "GET", "/uploads/up_x")["detail"]
