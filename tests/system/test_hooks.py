"""Hooks: told of every document, signed, after restarts too, and never holding one up."""

import sys
from pathlib import Path

from daemons import Daemon, Place, until
from hook_receiver import SECRET, receiver
from odd_pdfs import not_a_pdf
from pdfs import numbered_pdf


def test_each_end_is_told_until_it_was_heard_and_a_repetition_has_the_same_id(tmp_path: Path) -> None:
    with receiver() as told:
        place = Place(tmp_path, workers=2, hooks={"url": told.url, "secret": SECRET})
        told.status = 302
        with Daemon(place) as daemon:
            place.drop(lambda path: numbered_pdf(path, 1), "a.pdf")
            daemon.wait_for("published", document="a.pdf")
            failed = daemon.wait_for("hook_failed", hook="complete")
            assert "redirects are not followed" in str(failed["error"])
        told.status = 200
        with Daemon(place) as daemon:
            place.drop(not_a_pdf, "b.pdf")
            said = daemon.wait_for("hook_told", hook="complete")
            assert said["said"] == "200 thanks"
            daemon.wait_for("hook_told", hook="failed")
            daemon.wait_for("hook_told", hook="idle")
            assert daemon.stop() == 0
            assert SECRET not in str(daemon.lines)
    assert len(told.ids("complete")) >= 2
    assert len(set(told.ids("complete"))) == 1
    assert set(told.paths) == {"/told"}
    heads = {body["event"]: body["head"] for body in told.bodies}
    assert heads["complete"]["document"]["name"] == "a.pdf"
    assert heads["failed"]["error"]["code"] == "unreadable"
    assert heads["idle"] is None
    assert list((place.outbox / ".dropleaf" / "hooks").iterdir()) == []


def test_a_program_gets_the_manifest_and_one_that_hangs_holds_nothing_up(tmp_path: Path) -> None:
    script = tmp_path / "told.py"
    script.write_text(
        "import os, sys, time\n"
        "open('told.txt', 'a').write(os.environ['DROPLEAF_HOOK_EVENT'] + ' ' + ' '.join(sys.argv[1:]) + '\\n')\n"
        "print('heard', os.environ.get('SECRET_KEY'))\n"
        "time.sleep(60 if os.environ['DROPLEAF_HOOK_EVENT'] == 'failed' else 0)\n"
    )
    place = Place(tmp_path, workers=1, hooks={"command": [sys.executable, str(script)], "timeout": 600})
    with Daemon(place, environment={"SECRET_KEY": "not for you"}) as daemon:
        place.drop(not_a_pdf, "0.pdf")
        until((tmp_path / "told.txt").exists)
        place.drop(lambda path: numbered_pdf(path, 1), "1.pdf")
        daemon.wait_for("published", document="1.pdf")
        assert daemon.stop() == 0
        assert "the daemon stops" in str(daemon.wait_for("hook_failed", hook="failed")["error"])
    place.write_settings(hooks={"command": [sys.executable, str(script)], "on": ["complete", "idle"]})
    place.drop(lambda path: numbered_pdf(path, 1), "2.pdf")
    with Daemon(place, "--once") as daemon:
        assert daemon.wait() == 0
        assert str(daemon.wait_for("hook_told", hook="complete")["said"]) == "heard None"
    lines = (tmp_path / "told.txt").read_text().splitlines()
    assert f"complete {place.outbox / '1.json'}" in lines
