"""The daemon: inbox and converter, built, started and stopped in order."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from pipeline.dispatch.converter import Converter, fingerprint_of
from pipeline.dispatch.loop import Call, NoMoreDocuments, Stop
from pipeline.dispatch.overview import Tally
from pipeline.document import OriginalAction
from pipeline.errors import SettingsError
from pipeline.files.lock import Lock
from pipeline.inbox.completeness import Patience
from pipeline.inbox.inbox import Inbox, InboxSettings
from pipeline.log.log import logger
from pipeline.results.journal import Journal
from pipeline.results.outbox import is_delivered
from pipeline.results.state_folder import state_folder_of
from pipeline.settings.settings import Settings
from pipeline.status.read import Snapshot, write_snapshot
from pipeline.web.server import WebPage


class Daemon:
    """Watches one inbox; one per outbox."""

    def __init__(
        self, settings: Settings, *, once: bool = False, show: Callable[[Snapshot], None] | None = None
    ) -> None:
        """Take the outbox.

        Args:
            settings: Of the whole program.
            once: Convert what is in the inbox now, then end.
            show: Takes snapshots besides the one on disk.

        Raises:
            SettingsError: Inbox and outbox lie within each other, or the inbox is no folder.
            LockedError: Another daemon works on this outbox.
            PublishError: The outbox cannot be written.
        """
        _check_folders(settings.inbox, settings.outbox)
        self._settings = settings
        self._show = show
        self._state = state_folder_of(settings.outbox)
        with ExitStack() as undo:  # where one of these fails, another daemon may have the outbox at once
            self._lock = Lock(self._state.lock)
            undo.callback(self._lock.release)
            self._journal = Journal(self._state)
            self._recovered = list(self._journal.recover(most_mib=settings.limits.file_mib))
            self._converter = Converter(
                settings, self._journal, outbox=settings.outbox, originals=settings.originals, show=self._take_snapshot
            )
            undo.callback(self._converter.close)
            self._inbox = self._make_inbox(once=once)
            self._page = None if once else self._make_page()
            undo.pop_all()

    def _make_inbox(self, *, once: bool) -> Inbox:
        settings = self._settings
        return Inbox(
            InboxSettings(
                root=settings.inbox,
                patience=Patience(settle=settings.watch.settle, growing=0.0 if once else settings.watch.patience),
                rescan=settings.watch.rescan,
                polling=settings.watch.polling,
                most_mib=settings.limits.file_mib,
                keep=settings.originals is OriginalAction.KEEP,
                once=once,
            ),
            self._journal,
            known=self._is_known,
            give=self._converter.mailbox.post,
            tell=self._converter.mailbox.post,
            ended=lambda: self._converter.mailbox.post(NoMoreDocuments()),
        )

    def _make_page(self) -> WebPage | None:
        if not self._settings.web.enabled:
            return None
        fingerprint = fingerprint_of(self._settings)
        return WebPage(self._settings, self._journal, fingerprint=fingerprint, post=self._converter.mailbox.post)

    def run(self) -> Tally:
        """Work until told to stop, or until everything is done where only one run was asked for.

        Raises:
            PipelineError: The daemon cannot go on; nothing is lost.
        """
        logger().info("started", inbox=str(self._settings.inbox), outbox=str(self._settings.outbox))
        try:
            for document in self._recovered:
                logger().info("resumed", document=document.name)
                self._converter.mailbox.post(document)
            self._inbox.start()
            if self._page is not None:
                self._page.start()
            tally = self._converter.run()
        finally:
            # Inbox and page first, since they post to the rest; the lock last, since another daemon may begin then.
            self._inbox.stop()
            if self._page is not None:
                self._page.stop()
            self._converter.close()
            self._state.snapshot.unlink(missing_ok=True)
            self._lock.release()
        logger().info("stopped")
        return tally

    def stop(self, *, grace_s: float) -> None:
        """Begin nothing more, and end when pages in work are finished or the grace is over.

        Before :meth:`run` it makes that end at once, and after it does nothing.
        """
        self._inbox.stop_soon()
        self._converter.mailbox.post(Stop(grace_s=grace_s))

    def call(self, function: Callable[[], None]) -> None:
        """Have the loop do this between two turns; safe in a signal handler.  After :meth:`run` nobody does it."""
        self._converter.mailbox.post(Call(function=function))

    def _is_known(self, folder: str, name: str, sha256: str) -> bool:
        in_work = {(document.folder, document.name, document.sha256) for document in self._recovered}
        return (folder, name, sha256) in in_work or is_delivered(self._settings.outbox, folder, name, sha256)

    def _take_snapshot(self, snapshot: Snapshot) -> None:
        try:
            write_snapshot(self._state, snapshot)
        except OSError as error:
            logger().debug("snapshot_not_written", error=str(error))
        if self._page is not None:
            self._page.show(snapshot)
        if self._show is not None:
            self._show(snapshot)


def _check_folders(inbox: Path, outbox: Path) -> None:
    """Make sure that the inbox is a folder, and that it and the outbox are apart; an inbox that is missing is made."""
    real_inbox, real_outbox = inbox.resolve(), outbox.resolve()
    if real_inbox.is_relative_to(real_outbox) or real_outbox.is_relative_to(real_inbox):
        raise SettingsError(f"inbox {inbox} and outbox {outbox} must not be the same folder, nor lie within each other")
    try:
        inbox.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise SettingsError(f"inbox {inbox} cannot be a folder: a file is in the way. Name a folder.") from None
    except OSError as error:
        raise SettingsError(f"inbox {inbox} cannot be made: {error.strerror}. Make it, or name another one.") from error
