"""What is said of the files in the inbox at the looks at it."""

from pathlib import Path, PurePosixPath

from structlog.testing import capture_logs

from pipeline.conditions import files_not_read, pictures_waiting
from pipeline.inbox.left_alone import LeftAlone, NamedFiles
from pipeline.inbox.left_alone_notice import LeftAloneNotice


def test_pictures_are_counted_at_the_first_look_alone_and_files_of_other_kinds_named_once(tmp_path: Path) -> None:
    told: list[str | None] = []
    notice = LeftAloneNotice(tmp_path, lambda trouble: told.append(trouble.detail))
    left = LeftAlone(unknown=NamedFiles(count=1, names=("d.docx",)))

    with capture_logs() as lines:
        for _ in range(2):
            notice.begin()
            notice.note(PurePosixPath(), left, ["a.jpg", "b.pdf"])
            notice.note(PurePosixPath("sub"), LeftAlone(), ["c.TIF"])
            notice.say()

    said = [(line["event"], line["what"]) for line in lines]
    unread = files_not_read(1, "d.docx")
    assert said == [("pictures_waiting", pictures_waiting(2)), ("left_alone", unread)]
    assert told == [unread]
