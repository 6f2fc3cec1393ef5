"""Asking a daemon from outside, by signals."""

import signal
import subprocess
import sys

import pytest

from pipeline.host.portable.requests import Request, listen, send_request

_WAITS = """
import signal, sys
signal.signal(signal.SIGHUP, lambda *_: print("reload", flush=True))
signal.signal(signal.SIGTERM, lambda *_: (print("stop", flush=True), sys.exit(0)))
print("ready", flush=True)
while True:
    signal.pause()
"""


def test_a_process_is_told_to_read_its_settings_again_and_to_stop() -> None:
    with subprocess.Popen([sys.executable, "-c", _WAITS], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        send_request(process.pid, Request.RELOAD)
        assert process.stdout.readline() == "reload\n"
        send_request(process.pid, Request.STOP)
        assert process.stdout.readline() == "stop\n"
        assert process.wait(40) == 0


def test_a_process_that_is_gone_cannot_be_asked() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    with pytest.raises(ProcessLookupError):
        send_request(process.pid, Request.STOP)


def test_nothing_else_is_listened_for() -> None:
    before = signal.getsignal(signal.SIGHUP)
    with listen({Request.STOP: lambda: None}):
        assert signal.getsignal(signal.SIGHUP) is before
