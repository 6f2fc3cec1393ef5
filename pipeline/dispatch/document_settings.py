"""What the settings say for one document: those of its folder in the inbox, else the usual ones."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.choices import Engine, FaithfulAction, FigureChoice, Output, UnreachableAction
from pipeline.document import Document
from pipeline.log.log import resolve
from pipeline.settings.folders import FolderSettings, Patterns, folder_to_profiles
from pipeline.settings.settings import Settings
from pipeline.worker.tasks import WorkerSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSettings:
    """The settings for one document.

    Attributes:
        engine: That reads its pages.
        usual_engine: Whether this is the engine of most documents.
        fingerprint: Of all that changes a page's result.
        patient: Whether its pages wait where no server can be reached, instead of falling back.
        priority: Documents with a larger one come first; a user may order another one.
        outputs: What is made of it.
        worker: What a worker needs to know.
    """

    engine: Engine = Engine.LMSTUDIO
    usual_engine: bool = True
    fingerprint: str = ""
    patient: bool = False
    priority: int = 0
    outputs: Sequence[Output] = ()
    worker: WorkerSettings = field(default_factory=WorkerSettings)


class SettingsByFolder:
    """Finds the settings for documents; what was chosen for one document has priority over its folder."""

    def __init__(self, settings: Settings) -> None:
        """Prepare the settings of each folder.

        Args:
            settings: Of the whole program.
        """
        self._usual = settings
        self._patterns = Patterns(settings.folders) if settings.folders else None
        self._settings = {pattern: _with_folder(settings, rule) for pattern, rule in settings.folders.items()}

    @property
    def engines(self) -> frozenset[Engine]:
        """All engines that documents are read by, unless another one is chosen for one of them."""
        return frozenset(each.engine for each in (self._usual, *self._settings.values()))

    def of(self, document: Document) -> DocumentSettings:
        """The settings for a document."""
        settings, priority = self._find(document.folder, document.name)
        engine = document.engine or settings.engine
        patient = settings.when_unreachable is UnreachableAction.WAIT
        return DocumentSettings(
            engine=engine,
            usual_engine=engine is self._usual.engine,
            fingerprint=fingerprint_of(settings, engine),
            patient=patient if document.patient is None else document.patient,
            priority=priority,
            outputs=settings.outputs,
            worker=_worker_settings(settings),
        )

    def engine_of(self, folder: str, name: str) -> Engine:
        """The engine for a file for which nobody has chosen one.

        Args:
            folder: Of the inbox in which the file lies, or of its results in the outbox; ``.`` for none.
            name: Of the file, as it was dropped.
        """
        return self._find(folder, name)[0].engine

    def fingerprint_of(self, folder: str, name: str) -> str:
        """The fingerprint for such a file; arguments as for :meth:`engine_of`."""
        return fingerprint_of(self._find(folder, name)[0])

    def _find(self, folder: str, name: str) -> tuple[Settings, int]:
        pattern = self._patterns.first(folder, name) if self._patterns else None
        if pattern is None:
            return self._usual, 0
        return self._settings[pattern], self._usual.folders[pattern].priority or 0


def _with_folder(settings: Settings, rule: FolderSettings) -> Settings:
    """The settings as they are for the files of a folder; of ``ocr`` only the keys that the folder names are others."""
    wanted = {"engine": rule.engine, "outputs": rule.outputs, "when_unreachable": rule.when_unreachable}
    changes: dict[str, object] = {key: value for key, value in wanted.items() if value is not None}
    if rule.ocr is not None:
        keys = {key: getattr(rule.ocr, key) for key in rule.ocr.model_fields_set}
        changes["ocr"] = settings.ocr.model_copy(update=keys)
    return settings.model_copy(update=changes | {"profiles": folder_to_profiles(rule, settings.profiles)})


def fingerprint_of(settings: Settings, engine: Engine | None = None) -> str:
    """A hash over all settings that change a page's result: pages with another hash must not be used.

    Args:
        settings: For the document.
        engine: Chosen for it; None for the engine of the settings.
    """
    engine = engine or settings.engine
    # Pages that were accepted before ``correct`` existed are good pages, so they stay valid under it.
    mends = settings.faithful is FaithfulAction.CORRECT
    relevant = {
        "engine": engine.value,
        "faithful": FaithfulAction.FALLBACK if mends else settings.faithful,
        "page_pixels": settings.limits.page_pixels,
        "servers": [[server.url, server.model] for server in settings.servers],
        "profiles": [repr(profile) for profile in settings.profiles],
    }
    if engine is Engine.BASIC:
        relevant = {"engine": engine.value, "ocr": "+".join([settings.ocr.engine, *settings.ocr.fixed_languages])}
    if settings.figures is not FigureChoice.SMALL:  # the default came after pages that have none, and that stay valid
        relevant["figures"] = settings.figures
    return hashlib.sha256(json.dumps(relevant, sort_keys=True).encode()).hexdigest()


def _worker_settings(settings: Settings) -> WorkerSettings:
    return WorkerSettings(
        connect_timeout_s=settings.timeouts.connect,
        max_pixels=settings.limits.page_pixels,
        faithful=settings.faithful,
        figures=settings.figures,
        profiles=settings.profiles,
        save_answers=settings.save_answers,
        ocr=settings.ocr.engine,
        ocr_languages=settings.ocr.fixed_languages,
        passwords=settings.passwords,
        log_level=settings.log.level,
        log_format="console" if resolve(settings.log.format) == "console" else "json",
    )
