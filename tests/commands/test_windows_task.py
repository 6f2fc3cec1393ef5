"""The task that Windows' Task Scheduler gets."""

import xml.etree.ElementTree as ET
from pathlib import Path

from pipeline.commands.windows_task import settings_to_task
from pipeline.settings.settings import Settings

SCHEMA = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
PROGRAM = (r"C:\Users\Zoë & Co\Scripts\dropleaf.exe",)


def texts_of(text: str) -> dict[str, str | None]:
    return {each.tag.removeprefix(SCHEMA): each.text for each in ET.fromstring(text).iter()}


def test_it_starts_the_daemon_at_log_on_as_the_user_without_more_rights(tmp_path: Path) -> None:
    file = tmp_path / "my settings.yaml"
    text = settings_to_task(Settings(inbox=tmp_path / "in"), file, user="PC\\Zoë", program=PROGRAM)

    texts = texts_of(text)
    assert ET.fromstring(text).find(f"{SCHEMA}Triggers/{SCHEMA}LogonTrigger") is not None
    assert texts["Command"] == PROGRAM[0]
    assert texts["Arguments"] == f'watch --settings "{file}"'
    assert (texts["UserId"], texts["RunLevel"]) == ("PC\\Zoë", "LeastPrivilege")
    assert texts["ExecutionTimeLimit"] == "PT0S", "it is never ended for having run long"
    assert texts["WorkingDirectory"] == str(tmp_path)
    assert "schtasks /Create /TN Dropleaf /XML dropleaf.xml" in text


def test_without_a_file_it_names_the_folders_and_no_name_breaks_the_markup(tmp_path: Path) -> None:
    settings = Settings(inbox=tmp_path / "</Arguments><b> & in", outbox=tmp_path / "out")
    texts = texts_of(settings_to_task(settings, None, user="a", program=("python.exe", "-m", "pipeline")))

    assert texts["Command"] == "python.exe"
    assert texts["Arguments"] == f'-m pipeline watch --inbox "{settings.inbox}" --outbox {settings.outbox}'
