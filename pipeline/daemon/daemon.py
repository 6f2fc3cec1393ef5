"""The daemon: builds, starts and stops the inbox, the converter and the web page in the right order."""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pipeline.choices import OriginalAction
from pipeline.daemon.automatic_retry import AutomaticRetry
from pipeline.daemon.folders import check_apart, make_inbox
from pipeline.daemon.order_watch import OrderWatch
from pipeline.daemon.outbox_guard import OutboxGuard, OutboxState
from pipeline.dispatch.converter import Converter, ServerMemory
from pipeline.dispatch.document_settings import SettingsByFolder
from pipeline.dispatch.mail import Call, NoMoreDocuments, Stop
from pipeline.dispatch.overview import Tally
from pipeline.document import Document, Outcome
from pipeline.errors import PublishError, os_error_to_words
from pipeline.files.lock import Lock, turn_at
from pipeline.files.name_rules import find_rules
from pipeline.hooks.caller import HookCaller, HookSettings
from pipeline.host.moving import remove
from pipeline.inbox.completeness import Patience
from pipeline.inbox.inbox import Inbox, InboxSettings
from pipeline.log.log import logger
from pipeline.results.journal import Journal
from pipeline.results.kept_files import forget_gone, sha256_of_kept
from pipeline.results.removals import Removals
from pipeline.results.result_names import is_delivered
from pipeline.results.state_folder import StateFolder, state_folder_of
from pipeline.settings.settings import Settings
from pipeline.status.snapshot import Snapshot, write_snapshot
from pipeline.threads.mailbox import Trouble
from pipeline.vision.profiles.seen_dialects import SeenDialects
from pipeline.web.addresses import Listeners
from pipeline.web.listening import listen, listeners_to_url

if TYPE_CHECKING:
    from pipeline.web.server import WebPage

Opened: TypeAlias = Callable[[Settings, str | None], None]


class Daemon:
    """Watches one inbox; each outbox has at most one daemon."""

    def __init__(
        self,
        settings: Settings,
        *,
        once: bool = False,
        show: Callable[[Snapshot], None] | None = None,
        before: "Daemon | None" = None,
        seen: SeenDialects | None = None,
        opened: Opened = lambda _settings, _url: None,
    ) -> None:
        """Take the outbox.

        Args:
            settings: Of the whole program.
            once: Convert what is in the inbox now, then end.
            show: Called with snapshots, which are also written to disk.
            before: A daemon that ended because its outbox was gone: this one takes over what it had in work.
            seen: What earlier daemons of this process have seen of the models' answers.
            opened: Called as soon as the outbox is taken, with the settings and the page's address (None without it).

        Raises:
            SettingsError: Inbox and outbox are the same folder or inside each other, or the inbox is no folder.
            LockedError: Another daemon works on this outbox.
            PublishError: The outbox cannot be written.
        """
        check_apart(settings.inbox, settings.outbox)
        make_inbox(settings.inbox)
        self._settings = settings
        self._show = show
        self._once = once
        self._outbox_state = OutboxState.PRESENT
        self._to_begin_anew = False
        self._snapshot_written = False
        self._state = state_folder_of(settings.outbox)
        with ExitStack() as undo:  # if one of these fails, the outbox is free for another daemon at once
            self._lock = self._take_lock()
            undo.callback(self._lock.release)
            listeners = Listeners() if once else listen(settings.web)
            undo.callback(listeners.close)
            self._page_url = listeners_to_url(listeners, settings.web.host)
            opened(settings, self._page_url)  # before anything slow begins
            forget_gone(self._state, settings.inbox)
            self._journal = Journal(self._state)
            self._guard = OutboxGuard(settings.outbox, self._state, self._lock)
            undo.callback(self._guard.close)
            self._recovered = self._recover(before)
            self._converter = self._make_converter(seen or SeenDialects())
            undo.callback(self._converter.close)
            self._hooks = self._make_hooks()
            self._inbox = self._make_inbox(once=once)
            self._page = self._make_page(listeners) if listeners.sockets else None
            self._orders = OrderWatch(self._state, self._converter.mailbox.post)
            self._retry = self._make_retry() if settings.retry.automatic and not once else None
            undo.pop_all()

    @property
    def to_begin_anew(self) -> bool:
        """Whether it ended because its outbox was gone, so that a new daemon must begin (workers know the old one)."""
        return self._to_begin_anew

    def _recover(self, before: "Daemon | None") -> list[Document]:
        """What earlier daemons left in work; after a lost outbox also a log line for each document that is lost."""
        Removals(self._settings.outbox, self._state).finish_interrupted()
        in_work = before.hand_over(self._state) if before is not None else []
        found = list(self._journal.recover(most_mib=self._settings.limits.file_mib))
        known = {document.ident for document in found}
        return [*found, *(document for document in in_work if document.ident not in known and self._is_lost(document))]

    def hand_over(self, state: StateFolder) -> list[Document]:
        """What is in work, for the new daemon; moved into the new working state where the old one was renamed."""
        for ident in self._guard.move_back(state):
            logger().info("moved_back", document=ident)
        self._guard.close()
        return self._converter.unfinished

    def _is_lost(self, document: Document) -> bool:
        """Whether a document's working copy is gone and the document is not in the inbox, either."""
        kept = self._settings.inbox / document.folder / document.name
        if (document.in_place or self._settings.originals is OriginalAction.KEEP) and kept.is_file():
            return False
        logger().error(
            "document_lost",
            document=document.name,
            error="its file was removed together with the outbox's working state",
            advice="drop it again",
        )
        return True

    def _take_lock(self) -> Lock:
        """Take the lock in turn with commands in the foreground: the last one that ends removes the folder."""
        try:
            with turn_at(self._state.turn):
                return Lock(self._state.lock)
        except OSError as error:
            detail = f"{self._state.root} cannot be created: {os_error_to_words(error)}. Name another outbox."
            raise PublishError(detail) from error

    def _make_converter(self, seen: SeenDialects) -> Converter:
        return Converter(
            self._settings,
            self._journal,
            outbox=self._settings.outbox,
            originals=self._settings.originals,
            show=self._take_snapshot,
            memory=ServerMemory(seen=seen, on_return=self._retry_unreachable, ended=self._hook_ended),
        )

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
                kinds=frozenset(settings.watch.kinds),
            ),
            self._journal,
            known=self._is_known,
            give=self._converter.mailbox.post,
            tell=self._converter.mailbox.post,
            ended=lambda: self._converter.mailbox.post(NoMoreDocuments()),
        )

    def _make_page(self, listeners: Listeners) -> "WebPage":
        # A seventh of all that a daemon loads: while the workers start, and not at all where there is no page.
        from pipeline.web.retries import RetrySettings  # noqa: PLC0415 — as above
        from pipeline.web.server import WebPage  # noqa: PLC0415 — as above

        by_folder = SettingsByFolder(self._settings)
        return WebPage(
            self._settings,
            self._journal,
            retry=RetrySettings(
                engine_of=by_folder.engine_of,
                fingerprint_of=by_folder.fingerprint_of,
                post=self._converter.mailbox.post,
            ),
            listeners=listeners,
            run_errand=self._converter.run_errand,
        )

    def _make_retry(self) -> AutomaticRetry:
        return AutomaticRetry(
            self._settings.outbox,
            self._settings.inbox,
            self._journal,
            fingerprint_of=SettingsByFolder(self._settings).fingerprint_of,
            post=self._converter.mailbox.post,
        )

    def _make_hooks(self) -> HookCaller:
        hooks = self._settings.hooks
        wanted = HookSettings(
            command=hooks.command, url=hooks.url, secret=hooks.secret, on=hooks.on, timeout_s=hooks.timeout
        )
        return HookCaller(wanted, self._state.hooks, self._settings.outbox, post=self._converter.mailbox.post)

    def _hook_ended(self, ident: str, outcome: Outcome, manifest: Path) -> None:
        self._hooks.document_ended(ident, outcome, manifest)

    def _retry_unreachable(self) -> None:
        """Have pages that no server could be reached for asked again, now that one is back."""
        if self._retry is not None:
            self._retry.server_returned()

    def run(self) -> Tally:
        """Work until told to stop; with ``once`` until everything is done.

        Raises:
            PipelineError: The daemon cannot go on; nothing is lost.
        """
        logger().info("started", inbox=str(self._settings.inbox), outbox=str(self._settings.outbox))
        try:
            self._orders.start()
            self._hooks.start()
            for document in self._recovered:
                logger().info("resumed", document=document.name)
                self._converter.mailbox.post(document)
            self._inbox.start()
            if self._page is not None:
                self._page.start()
            if self._retry is not None:
                self._retry.start()
            tally = self._converter.run()
        finally:
            # Inbox, page and retries end first, since they post to the others; the lock last, since then another
            # daemon may begin.
            self._inbox.stop()
            self._orders.stop()
            if self._page is not None:
                self._page.stop()
            if self._retry is not None:
                self._retry.stop()
            self._converter.close()
            self._hooks.stop(tell_rest=self._once)
            with suppress(OSError):  # it may be gone, and its folder with it
                remove(self._state.snapshot)
            self._lock.release()
            if not self._to_begin_anew:
                self._guard.close()
        logger().info("stopped")
        return tally

    def stop(self, *, grace_s: float) -> None:
        """Begin nothing more, and end when pages in work are finished or the grace is over.

        Before :meth:`run` it makes that end at once, and after it does nothing.
        """
        self._inbox.stop_soon()
        self._converter.mailbox.post(Stop(grace_s=grace_s))

    def call(self, function: Callable[[], None]) -> None:
        """Have the loop call this between two turns; safe in a signal handler.  After :meth:`run` it is not called."""
        self._converter.mailbox.post(Call(function=function))

    def _is_known(self, folder: str, name: str, sha256: str) -> bool:
        if (folder, name, sha256) in {(each.folder, each.name, each.sha256) for each in self._recovered}:
            return True
        last = sha256_of_kept(self._state, folder, name)
        return self._is_delivered(folder, name, sha256) if last is None else last == sha256

    def _is_delivered(self, folder: str, name: str, sha256: str) -> bool:
        return is_delivered(self._settings.outbox, folder, name, sha256, find_rules(self._state.scratch))

    def _take_snapshot(self, snapshot: Snapshot) -> None:
        self._check_outbox()
        snapshot = replace(snapshot, page=self._page_url or "")
        if self._outbox_state is OutboxState.PRESENT and not self._to_begin_anew:
            self._write_snapshot(snapshot)
        if self._page is not None:
            self._page.show(snapshot)
        self._hooks.see(in_work=len(snapshot.documents), ended=snapshot.published + snapshot.failed)
        if self._show is not None:
            self._show(snapshot)

    def _write_snapshot(self, snapshot: Snapshot) -> None:
        if self._snapshot_written and not self._state.snapshot.exists():
            # Somebody may be removing the folder file by file, and a new file would prevent it: wait for the next look.
            self._snapshot_written = False
            return
        try:
            write_snapshot(self._state, snapshot)
            self._snapshot_written = True
        except OSError as error:
            logger().debug("snapshot_not_written", error=str(error))

    def _check_outbox(self) -> None:
        """Notice at once when the outbox is not the one any more with which this daemon began."""
        before = self._outbox_state
        if self._to_begin_anew or (state := self._guard.look()) is before:
            return
        self._outbox_state = state
        trouble = f"The outbox {self._settings.outbox} is gone."
        match state:
            case OutboxState.REMOVED:
                logger().error("outbox_removed", error=trouble, advice="it is created again, and work goes on")
                self._begin_anew()
            case OutboxState.AWAY if self._once:
                raise PublishError(f"{trouble} What is in the inbox stays there.")
            case OutboxState.AWAY:
                advice = (
                    "mount its disk, create its parent folder, or remove what is in its place; files stay in the inbox"
                )
                logger().error("outbox_away", error=trouble, advice=advice)
                self._converter.mailbox.post(Trouble(what="outbox_away", detail=f"{trouble} {advice.capitalize()}."))
            case OutboxState.PRESENT:
                logger().info("outbox_back", outbox=str(self._settings.outbox))
                self._begin_anew()

    def _begin_anew(self) -> None:
        """End, so that a new daemon takes everything over; what failed by now may have failed because of the outbox."""
        self._to_begin_anew = True
        self._converter.leave_unpublished()
        self.stop(grace_s=0.0)
