"""A token that is made at the first start, kept, and said in the log."""

import json
import stat
from pathlib import Path

import requests
from daemons import PATIENCE_S, Daemon, Place

from pipeline.settings.sections import Web
from pipeline.web.own_token import settings_to_token


def test_it_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    token = settings_to_token(Web(token="auto"), tmp_path)

    assert token is not None
    assert len(token) >= 32
    assert settings_to_token(Web(token="auto"), tmp_path) == token
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_was_half_written_is_written_anew(tmp_path: Path) -> None:
    first = settings_to_token(Web(token="auto"), tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_text("abc")

    second = settings_to_token(Web(token="auto"), tmp_path)

    assert second not in {first, "abc"}
    assert file.read_text().strip() == second


def test_one_of_the_settings_is_used_as_it_is(tmp_path: Path) -> None:
    assert settings_to_token(Web(token="0123456789abcdef"), tmp_path) == "0123456789abcdef"
    assert settings_to_token(Web(), tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_the_page_asks_for_the_one_that_the_log_says(tmp_path: Path) -> None:
    place = Place(tmp_path, workers=1, web={"host": "127.0.0.1", "port": 0, "token": "auto"})
    with Daemon(place) as daemon:
        token = daemon.wait_for("web_token")["token"]
        url = f"{daemon.wait_for('web_page')['url']}/api/status"

        assert requests.get(url, timeout=PATIENCE_S).status_code == 401
        answer = requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE_S)
        assert "counts" in json.loads(answer.content)
        assert daemon.stop() == 0
