"""Converts tasks to messages for a host, and its messages to results. Files are sent as bytes."""

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from pipeline.cluster.messages import LARGEST_FILE_BYTES, Answer, Ended, Finished, Lane, Told, Work
from pipeline.files.atomic import open_regular
from pipeline.files.password_file import passwords_for
from pipeline.page_result import PageResult
from pipeline.pool.interface import Done, Expired, Failed, Lost, PoolEvent, Progress
from pipeline.worker.saved_answers import SavedAnswers
from pipeline.worker.tasks import ANSWERS, TASKS, InspectTask, PageTask, Recognised, RecogniseTask, Unwritten

#: What hosts do.
HostTask: TypeAlias = InspectTask | PageTask | RecogniseTask

_PRIVATE = 0o600


def needs_core(task: HostTask) -> bool:
    """Whether the task needs a processor core all the time; others mostly wait for a model server."""
    return not isinstance(task, PageTask) or task.target is None


def task_to_work(number: int, lane: Lane, task: HostTask, remaining_s: float) -> Work:
    """The order for a host.

    Args:
        number: Of the attempt.
        lane: Of the task.
        task: As the loop gives it.
        remaining_s: Seconds that it may take.
    """
    text = task.picture_text if isinstance(task, PageTask) else None
    picture = _read(text.path) if text is not None and text.path is not None else None
    passwords = passwords_for(task.path, task.settings.passwords)
    if passwords != task.settings.passwords:
        task = replace(task, settings=replace(task.settings, passwords=passwords))
    return Work(
        attempt=number,
        lane=lane,
        task=TASKS.encode(task),
        remaining_s=remaining_s,
        sha256=task.sha256,
        picture=picture,
    )


def work_to_task(work: Work) -> HostTask:
    """The task of an order, on the host.

    Raises:
        ValueError: It is no task for a host.
    """
    task = TASKS.decode(work.task)
    if not isinstance(task, InspectTask | PageTask | RecogniseTask):
        raise ValueError(f"no task for a host: {type(task).__name__}")  # noqa: TRY004 — as the codec does
    return task


def save_answer(task: HostTask, answer: Answer) -> None:
    """Save a model's answer that has come from a host, where a worker of this machine would have saved it."""
    if isinstance(task, PageTask) and (folder := task.settings.save_answers) is not None:
        saved = SavedAnswers(folder=folder, document=task.document, number=task.number)
        saved.save(answer.text.decode(errors="replace"))


def _read(path: Path) -> bytes | None:
    with suppress(OSError), open_regular(path) as file:  # without it the page goes on, and says so
        return file.read(LARGEST_FILE_BYTES)
    return None


def report_to_event(key: str, task: HostTask, report: Told | Finished | Ended, host: str) -> PoolEvent:
    """What a report means for the pool's owner; a file that comes with it is written first.

    Args:
        key: Of the task in the pool.
        task: As the loop has given it.
        report: Of the host.
        host: Its name.

    Raises:
        ValueError: It is not valid.
        RecursionError: It is nested too deeply.
    """
    match report:
        case Told():
            return Progress(key=key, value=ANSWERS.decode(report.value))
        case Finished():
            return Done(key=key, value=_with_file(ANSWERS.decode(report.value), task, report.file))
        case Ended():
            return _end_to_event(key, report, host)


def _end_to_event(key: str, report: Ended, host: str) -> PoolEvent:
    match report.how:
        case "failed":
            return Failed(key=key, detail=report.detail)
        case "expired":
            return Expired(key=key)
        case "lost" if not report.detail:
            return Lost(key=key, exit_code=report.exit_code)
        case _:
            return Lost(key=key, exit_code=None, host=f"the host {host} gave it up: {report.detail}")


def _with_file(value: object, task: HostTask, data: bytes | None) -> object:
    """The result, once the file that belongs to it is written where a worker of this machine would have written it."""
    if data is None or isinstance(task, InspectTask) or not isinstance(value, PageResult | Recognised):
        return value
    try:
        with os.fdopen(os.open(task.out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE), "wb") as file:
            file.write(data)
            file.flush()
            if isinstance(value, PageResult):
                os.fsync(file.fileno())
    except OSError as error:
        return Unwritten(detail=f"{task.out}: {error.strerror or error}")
    return value
