"""The daemon under a service manager: told how it goes, and started anew inside its process on SIGHUP.

Every setting can change while it runs, since a reload is an orderly stop and a new start in the same process: pages in
work are finished first, for as long as a page may take, so no page is asked for twice; documents stay where they are.
Settings that cannot be used are refused with every problem, and the old ones stay in force.

A signal handler interrupts the main thread anywhere, also where it holds a lock (the log's, for example).  So handlers
only count, and wake the loop, which does the rest.
"""

import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

from pipeline.daemon.daemon import Daemon, Opened
from pipeline.daemon.systemd_notify import ServiceManager
from pipeline.dispatch.overview import Tally
from pipeline.errors import LockedError, PipelineError, SettingsError
from pipeline.host.requests import Request, listen
from pipeline.host.service import RELOAD_SIGNAL, STOP_SIGNALS
from pipeline.log.log import logger
from pipeline.settings.settings import Settings
from pipeline.vision.profiles.seen_dialects import SeenDialects

#: Seconds between two tries to take an outbox that another daemon has.
_LOOK_S = 0.5


class Service:
    """Runs a daemon, and after each reload the next one."""

    def __init__(
        self,
        settings: Settings,
        *,
        once: bool,
        reload: Callable[[], Settings],
        opened: Opened = lambda _settings, _url: None,
    ) -> None:
        """Take the outbox.

        Args:
            settings: Of the whole program.
            once: Convert what is in the inbox now, then end.
            reload: Reads the settings again.
            opened: Called at the start of each daemon, see :class:`pipeline.daemon.daemon.Daemon`.

        Raises:
            PipelineError: As :class:`pipeline.daemon.daemon.Daemon` raises it.
        """
        self._settings = settings
        self._once = once
        self._reload = reload
        self._opened = opened
        self._next: Settings | None = None
        self._ends = 0
        self._hangups = 0
        self._seen_ends = 0
        self._seen_hangups = 0
        self._manager = ServiceManager()
        self._seen = SeenDialects()
        self._daemon = self._make(settings)

    def run(self) -> Tally:
        """Work until SIGTERM or SIGINT; with ``once`` until everything is done.

        Returns:
            What became of the documents since the last reload.

        Raises:
            PipelineError: The daemon cannot go on; nothing is lost.
        """
        handlers = dict.fromkeys(STOP_SIGNALS, self._on_end)
        # A terminal that is closed also sends SIGHUP: a daemon that was started in it must end then, not go on unseen.
        if RELOAD_SIGNAL is not None and not sys.stderr.isatty():
            handlers[RELOAD_SIGNAL] = self._on_hangup
        previous = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        try:
            with listen({Request.STOP: self._note_end, Request.RELOAD: self._note_hangup}):
                return self._run_all()
        finally:
            self._manager.stopping()
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _run_all(self) -> Tally:
        while True:
            tally = self._daemon.run()
            anew = self._daemon.to_begin_anew
            if self._told_to_end() or not (self._next or anew):
                return tally
            if anew:
                next_one = self._make_anew(self._daemon)
                if next_one is None:
                    return tally
                self._daemon = next_one
            elif self._next is not None:
                self._daemon = self._succeed(self._next)
                self._manager.reloaded()
            self._take_signals()  # those that came between the two daemons

    def _make(self, settings: Settings, before: Daemon | None = None) -> Daemon:
        return Daemon(
            settings, once=self._once, show=self._manager.show, before=before, seen=self._seen, opened=self._opened
        )

    def _make_anew(self, before: Daemon) -> Daemon | None:
        """A daemon on the outbox that is there now; None where it was told to end while another daemon had that."""
        told = False
        while not self._told_to_end():
            try:
                return self._make(self._settings, before=before)
            except LockedError as error:
                if self._once:
                    raise
                if not told:
                    logger().error("outbox_taken", error=str(error), advice="files stay in the inbox until it ends")
                told = True
            self._manager.waiting("another daemon works on the outbox")
            time.sleep(_LOOK_S)
        return None

    def _succeed(self, settings: Settings) -> Daemon:
        """A daemon with the new settings, or with the old ones where the new ones do not work."""
        self._next = None
        try:
            daemon = self._make(settings)
        except PipelineError as error:
            self._refuse(error)
            return self._make(self._settings)
        self._settings = settings
        logger().info("reloaded")
        return daemon

    def _told_to_end(self) -> bool:
        return self._ends > 0

    def _on_end(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._note_end()

    def _note_end(self) -> None:
        self._ends += 1
        self._daemon.call(self._take_signals)

    def _on_hangup(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._note_hangup()

    def _note_hangup(self) -> None:
        self._hangups += 1
        self._daemon.call(self._take_signals)

    def _take_signals(self) -> None:
        """Act on the signals since the last call: the first SIGTERM lets pages in work finish, the second does not."""
        ends, hangups = self._ends, self._hangups
        if ends > self._seen_ends:
            self._seen_ends = ends
            self._daemon.stop(grace_s=self._settings.timeouts.stop if ends == 1 else 0.0)
        if hangups > self._seen_hangups:
            self._seen_hangups = hangups
            self._read_settings()

    def _read_settings(self) -> None:
        self._manager.reloading()
        try:
            settings = self._reload()
        except SettingsError as error:
            self._refuse(error)
        else:
            self._take(settings)
        if self._next is None:
            self._manager.reloaded()

    def _take(self, settings: Settings) -> None:
        if settings == (self._next or self._settings):
            logger().info("reloaded", changed=False)
            return
        self._next = settings
        self._daemon.stop(grace_s=self._settings.timeouts.page)

    @staticmethod
    def _refuse(error: PipelineError) -> None:
        advice = "the old settings stay in force; correct the file and reload again"
        logger().error("reload_refused", error=str(error), advice=advice)
