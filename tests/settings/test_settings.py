"""settings.yaml, the environment and the command line: what is taken, and what is said of mistakes."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from pipeline.choices import Output
from pipeline.errors import SettingsError
from pipeline.settings.settings import Settings, default_files, load_settings

ROOT = Path(__file__).resolve().parents[2]
SECRET = "sk-very-secret"

CONTRACT = """
inbox: inbox
outbox: outbox
engine: lmstudio
workers: 5
timeouts: {page: 180, document: 300, connect: 5}
servers: [{url: "http://127.0.0.1:1234/v1", model: auto, slots: auto, api_key: null,
           ca: null, cert: null, verify: true, proxy: null, host: null}]
when_unreachable: fallback
faithful: correct
pool: {kind: local, scheduler: null, tls: null, local_too: true, shared: false, beat: {silent: 3, host: 6, lost: 8}}
outputs: [html]
watch: {polling: false, settle: 1.0, rescan: 60}
limits: {file_mib: 512, pages: 5000, page_pixels: 26000000, worker_mib: 1024, ocr_mib: 2048}
ocr: {engine: auto, languages: auto}
originals: move
web: {enabled: true, host: 127.0.0.1, port: 62162}
log: {level: info, format: auto}
"""


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DROPLEAF_SETTINGS", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def write(folder: Path, text: str) -> Path:
    file = folder / "settings.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def problems_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(write(folder, text))
    return [line.strip() for line in str(caught.value).splitlines()]


def plain(settings: Settings) -> dict[str, object]:
    tree: dict[str, object] = settings.model_dump(mode="json", exclude={"inbox", "outbox"})
    return tree


def without_folders(text: str) -> dict[str, object]:
    tree = yaml.safe_load(text)
    return {key: value for key, value in tree.items() if key not in {"inbox", "outbox"}}


def test_every_default_is_the_contracts(tmp_path: Path) -> None:
    settings = plain(load_settings(write(tmp_path, "")))

    timeouts = settings["timeouts"]
    assert isinstance(timeouts, dict)
    assert timeouts.pop("stop") == 10  # an addition
    web = settings["web"]
    assert isinstance(web, dict)
    assert (web.pop("token"), web.pop("upload_mib")) == (None, 200)  # additions
    assert (settings.pop("profiles"), settings.pop("save_answers")) == ([], None)  # additions
    watch = settings["watch"]
    assert isinstance(watch, dict)
    assert watch.pop("patience") == 120  # added for the second turn
    assert watch.pop("kinds") == ["pdf", "images"]  # the same
    assert settings.pop("retry") == {"automatic": True}  # added for the second turn
    assert settings.pop("hooks") == {  # the same
        "command": [],
        "url": None,
        "secret": None,
        "on": ["complete", "partial", "failed", "idle"],
        "timeout": 10,
    }
    assert settings.pop("hours") is None  # added for the second turn
    assert settings.pop("passwords") == []  # the same
    assert settings.pop("folders") == {}  # the same
    assert settings.pop("figures") == "small"  # the same
    assert settings == without_folders(CONTRACT)


def test_the_file_in_the_project_holds_the_defaults_and_explains_every_key(tmp_path: Path) -> None:
    text = (ROOT / "settings.yaml").read_text(encoding="utf-8")

    assert plain(load_settings(write(tmp_path, text))) == plain(load_settings(write(tmp_path, "")))
    assert without_folders(text).keys() == plain(load_settings(write(tmp_path, ""))).keys()
    explained = False
    for line in text.splitlines():
        if re.match(r"\s*(- )?\w+:", line):
            assert explained or line in {"timeouts:", "watch:", "limits:", "log:", "retry:"}, line
            explained = line.startswith("servers:")
        elif line.strip():
            explained = True


def test_folders_are_relative_to_the_file_and_on_the_command_line_to_the_working_directory(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    file = write(tmp_path / "conf", "inbox: in/../drop\noutbox: ~/results\n")

    assert load_settings(file).inbox == tmp_path / "conf" / "drop"
    assert load_settings(file).outbox == tmp_path / "home" / "results"
    assert load_settings(file, {"inbox": Path("here")}).inbox == tmp_path / "here"


def test_the_command_line_is_stronger_than_the_environment_and_that_than_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path, "workers: 2\nengine: lmstudio\ntimeouts: {page: 1, document: 2}\n")
    monkeypatch.setenv("DROPLEAF_WORKERS", "3")
    monkeypatch.setenv("DROPLEAF_TIMEOUTS__PAGE", "60")

    settings = load_settings(file, {"workers": 4})

    assert settings.workers == 4
    assert (settings.timeouts.page, settings.timeouts.document, settings.timeouts.connect) == (60, 2, 5)


def test_a_list_in_the_environment_is_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DROPLEAF_SERVERS", '[{"url": "http://a/v1/", "slots": 2}, {"url": "http://b/v1"}]')

    servers = load_settings().servers

    assert [(server.url, server.slots) for server in servers] == [("http://a/v1", 2), ("http://b/v1", "auto")]


def test_every_problem_is_listed_at_once_with_key_value_and_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DROPLEAF_WORKER", "5")
    text = """
engine: lmstudios
workers: many
timeouts: {page: 0, stop: .inf, documnet: 3}
servers:
  - {url: "ftp://host", slots: some}
web: {port: 99999, enabled: maybe}
log: 5
limit: {}
"""

    head, *problems = problems_of(tmp_path, text)

    assert head == f"{tmp_path / 'settings.yaml'}: {len(problems)} problems"
    assert set(problems) == {
        "DROPLEAF_WORKER: is not a setting; did you mean DROPLEAF_WORKERS?",
        "engine: 'lmstudios': must be 'lmstudio' or 'basic'",
        "workers: 'many': must be a whole number",
        "timeouts.page: 0: must be greater than 0",
        "timeouts.stop: inf: must be at most 3600",
        "timeouts.documnet: is not a setting; did you mean document?",
        "servers.0.url: 'ftp://host': must look like http://127.0.0.1:1234/v1 (no user, query or fragment)",
        "servers.0.slots: 'some': must be a whole number, or must be 'auto'",
        "web.port: 99999: must be at most 65535",
        "web.enabled: 'maybe': must be true or false",
        "log: 5: must be a group of `key: value` lines",
        "limit: is not a setting; did you mean limits?",
    }


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DROPLEAF_TIMEOUTS__PAGEE", "5", "timeouts.pagee: is not a setting; did you mean page?"),
        ("DROPLEAF_WORKERS__MOST", "5", "DROPLEAF_WORKERS__MOST: is not a setting"),
        ("DROPLEAF_SERVERS__0__URL", "http://a", "DROPLEAF_SERVERS__0__URL: is not a setting"),
        ("DROPLEAF_SERVERS", "[{", "DROPLEAF_SERVERS: must be written as JSON"),
        ("DROPLEAF_WORKERS", "", "workers: '': must be a whole number"),
    ],
)
def test_a_bad_variable_is_told(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=re.escape(said)) as caught:
        load_settings()

    assert str(caught.value).startswith("the environment: ")
    assert caught.value.exit_code == 78


@pytest.mark.parametrize(
    "text",
    [
        f"servers: {{url: x, api_key: {SECRET}}}",
        f"servers: [{{api_key: [{SECRET}]}}]",
        f"servers: [{{api_kee: {SECRET}, url: 5}}]",
        f"servers: [{{url: 'http://me:{SECRET}@host/v1'}}]",
        f"servers: [{{url: 'http://host/v1?key={SECRET}'}}]",
        f'servers:\n  - url: http://a/v1\n    api_key: "{SECRET}\n',
        f"servers: [{{api_key: {SECRET}}}\nweb: 1: 2",
    ],
)
def test_keys_never_show_in_messages(tmp_path: Path, text: str) -> None:
    assert SECRET not in "".join(problems_of(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("web: {token: short}", "web.token: …: must be 'auto', or must have at least 16 characters"),
        ("hooks: {secret: short}", "hooks.secret: …: must have at least 16 characters"),
        ("web: {host: ''}", "web.host: '': must not be empty"),
        ("ocr: {languages: 5}", "ocr.languages: 5: must be 'auto', or must be a list"),
        (
            "ocr: {languages: [d-e]}",
            "ocr.languages.0: 'd-e': must be the name of language data, like deu or script/Latin",
        ),
        ("timeouts: {xyz: 1}", "timeouts.xyz: is not a setting; known are connect, document, page, stop"),
        (
            "servers: [{q: 1}]",
            "servers.0.q: is not a setting; known are api_key, ca, cert, host, model, proxy, slots, url, verify",
        ),
    ],
)
def test_a_problem_is_one_line_that_says_what_would_be_right(tmp_path: Path, text: str, problem: str) -> None:
    assert problem in problems_of(tmp_path, text)


def test_every_file_that_is_missing_is_listed_at_once(tmp_path: Path) -> None:
    problems = problems_of(
        tmp_path, "servers: [{url: 'http://a', ca: x}, {url: 'http://b', ca: y}]\ninbox: ~nobody-here/x"
    )

    assert [problem.split(":")[0] for problem in problems[1:]] == ["inbox", "servers.0.ca", "servers.1.ca"]


def test_the_folder_for_answers_is_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()

    settings = load_settings(write(tmp_path / "conf", "save_answers: answers"))

    assert settings.save_answers == tmp_path / "conf" / "answers"


def test_a_key_is_taken_from_the_environment_and_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path, "servers: [{api_key: '${env:MY_KEY}'}]")
    monkeypatch.setenv("MY_KEY", SECRET)

    settings = load_settings(file)

    assert settings.servers[0].api_key == SECRET
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)


def test_a_key_that_the_environment_lacks_is_a_problem(tmp_path: Path) -> None:
    assert problems_of(tmp_path, "servers: [{api_key: '${env:NOT_THERE}'}]")[1:] == [
        "servers.0.api_key: …: the environment has no variable NOT_THERE; set it, or write null"
    ]


def test_two_servers_with_one_address_are_refused(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, "servers: [{url: 'http://a/v1'}, {url: 'http://a/v1/', slots: 3}]")

    assert "http://a/v1 is listed twice" in problems[1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"- inbox\n- outbox\n", "must be `key: value` lines, not a list"),
        (b"inbox\n", "must be `key: value` lines, not a single value"),
        (b"workers: [1\n", "line 2: is not YAML"),
        (b"workers: 1\nservers: []\nworkers: 2\n", "line 3: workers is there a second time; write each key once."),
        (b"timeouts:\n  page: 1\n  page: 1\n", "line 3: page is there a second time"),
        (b"- " * 5000, "far deeper than any setting"),
        (b"servers: " + b"[" * 3000 + b"]" * 3000, "far deeper than any setting"),
        (
            b"a: &a [1, 1]\n"
            + b"".join(b"%c: &%c [*%c, *%c]\n" % (n, n, n - 1, n - 1) for n in b"bcdefghijklmnopqrstuvwxyz"),
            "alias",
        ),
        (b"servers: &a [*a]\n", "more than 100,000 values once each alias"),
        (b"inbox: &a {x: &b [*a]}\n", "write the few values that are meant"),
        (b'inbox: "a\\0b"\n', "no path has a character of the number 0"),
        (b"inbox: \xff\n", "is not UTF-8: byte 8"),
        pytest.param(b"inbox: ~nobody-here/x\n", "write the whole path", marks=pytest.mark.linux),
        (b"outbox:\n", "outbox: nothing: must be a folder"),
        (b"1: 2\n", "1: is not a setting"),
        (b"servers: []\n", "needs at least one entry"),
    ],
)
def test_a_file_that_is_no_settings_file_is_refused_in_words(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "settings.yaml"
    file.write_bytes(content)

    with pytest.raises(SettingsError) as caught:
        load_settings(file)

    assert said in str(caught.value)


def test_a_file_that_was_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"there is no such file.*--settings"):
        load_settings(tmp_path / "none.yaml")


def _make_pipe(path: Path) -> None:
    os.mkfifo(path)  # Windows has none, and loads this file


@pytest.mark.linux
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_make_pipe, "it is a pipe or a device, not a file"),
        (Path.mkdir, "it is a folder"),  # a container's engine makes one where a file to be mounted is missing
        (lambda path: path.symlink_to("/dev/zero"), "it is a pipe or a device, not a file"),
        (lambda path: path.write_bytes(b"#" * (1 << 20) + b"\n"), "it has more than 1024 KiB"),
    ],
)
def test_what_is_no_file_is_refused_and_not_waited_for_also_where_it_is_only_found(
    tmp_path: Path, make: Callable[[Path], object], said: str
) -> None:
    make(tmp_path / "settings.yaml")

    with pytest.raises(SettingsError, match=said):
        load_settings()


@pytest.mark.linux
def test_a_working_directory_that_is_gone_is_said_to_be_where_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path, "workers: 2")
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    whole = load_settings(file, {"inbox": str(tmp_path / "in")})

    assert (whole.workers, whole.inbox) == (2, tmp_path / "in")
    for named, overrides in ((None, {}), (file, {"inbox": "in"})):
        with pytest.raises(SettingsError, match="the working directory was removed"):
            load_settings(named, overrides)


@pytest.mark.linux
def test_a_link_to_the_settings_is_followed(tmp_path: Path) -> None:
    (tmp_path / "linked.yaml").symlink_to(write(tmp_path, "workers: 2"))

    assert load_settings(tmp_path / "linked.yaml").workers == 2


@pytest.mark.parametrize("text", ["", "# nothing\n", "timeouts:\nweb:\n  # port: 5\n"])
def test_an_empty_file_and_empty_groups_mean_the_defaults(tmp_path: Path, text: str) -> None:
    assert load_settings(write(tmp_path, text)) == load_settings(write(tmp_path, "workers: 5\n"))


@pytest.mark.linux
def test_settings_are_looked_for_here_then_with_the_user_then_in_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = tmp_path / "home" / ".config" / "dropleaf"
    user.mkdir(parents=True)
    write(user, "workers: 2")
    assert load_settings().workers == 2
    assert default_files()[-1] == Path("/etc/dropleaf/settings.yaml")

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    assert load_settings().workers == 5
    assert load_settings().inbox == tmp_path / "inbox"

    write(tmp_path, "workers: 3")
    assert load_settings().workers == 3


def test_a_users_own_profiles_come_in_their_order_and_each_problem_is_named(tmp_path: Path) -> None:
    good = "profiles: {mine: {match: my-vl, like: olmocr, longest_side_px: 900}, other: {match: x}}"
    bad = "profiles: {mine: {like: olmocr, longest_side_px: wide}, other: 3}"
    worse = "profiles: {mine: {like: olmocr, longest_side_px: wide}}"

    settings = load_settings(write(tmp_path, good))

    assert [(each.name, each.longest_side_px) for each in settings.profiles][:1] == [("mine", 900)]
    assert [each.name for each in settings.profiles] == ["mine", "other"]
    assert "profiles" in problems_of(tmp_path, bad)[1]
    (problem,) = problems_of(tmp_path, worse)[1:]
    assert "mine.match: is missing" in problem
    assert "mine.longest_side_px" in problem


def test_certificates_of_a_server_are_relative_to_the_file_and_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "lab.pem").write_text("")
    (tmp_path / "folder").mkdir()
    file = write(tmp_path / "folder", "servers: [{url: 'https://h/v1', ca: ../lab.pem, cert: ../lab.pem}]")
    [server] = load_settings(file).servers

    assert server.ca == tmp_path / "lab.pem"
    assert server.cert == (tmp_path / "lab.pem", tmp_path / "lab.pem")

    pair = write(tmp_path, f"servers: [{{ca: {tmp_path}, cert: [lab.pem, key.pem]}}]")
    with pytest.raises(SettingsError, match=r"servers\.0\.key: .*key\.pem: is not there"):
        load_settings(pair)


@pytest.mark.parametrize("proxy", ["http://proxy.example:3128", "http://me:pass@proxy.example", "none"])
def test_a_proxy_of_a_server_is_taken_and_never_shown(tmp_path: Path, proxy: str) -> None:
    settings = load_settings(write(tmp_path, f"servers: [{{proxy: '{proxy}'}}]"))

    assert settings.servers[0].proxy == proxy
    assert proxy == "none" or proxy not in repr(settings)


@pytest.mark.parametrize("proxy", ["proxy.example:3128", "socks5://h:1", "https://h:1", "http://h:1/path", "''"])
def test_what_is_no_http_proxy_is_a_problem(tmp_path: Path, proxy: str) -> None:
    with pytest.raises(SettingsError, match=r"servers\.0\.proxy.*must look like http://"):
        load_settings(write(tmp_path, f"servers: [{{proxy: {proxy}}}]"))


def test_a_password_of_a_proxy_is_not_shown_where_the_proxy_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(write(tmp_path, f"servers: [{{proxy: 'socks5://me:{SECRET}@h:1'}}]"))

    assert SECRET not in str(caught.value)


def test_outputs_are_named_in_the_file_the_environment_and_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings(write(tmp_path, "outputs: [csv, html, csv]")).outputs == (Output.HTML, Output.CSV)
    monkeypatch.setenv("DROPLEAF_OUTPUTS", "xlsx, markdown")
    assert load_settings().outputs == (Output.HTML, Output.XLSX, Output.MARKDOWN)
    monkeypatch.setenv("DROPLEAF_OUTPUTS", '["csv"]')
    assert load_settings().outputs == (Output.HTML, Output.CSV)
    assert load_settings(None, {"outputs": "xlsx"}).outputs == (Output.HTML, Output.XLSX)


def test_an_output_that_is_none_is_told(tmp_path: Path) -> None:
    [_, problem] = problems_of(tmp_path, "outputs: [html, docx]")

    assert "outputs" in problem
    assert "docx" in problem
    assert "markdown" in problem


def test_a_secret_may_stand_in_a_file_and_is_shown_in_no_problem(tmp_path: Path) -> None:
    held = tmp_path / "held"
    held.write_text(f"{SECRET}\n")

    settings = load_settings(write(tmp_path, f"passwords: ['${{file:{held}}}', plain]"))

    assert settings.passwords == (SECRET, "plain")
    assert SECRET not in repr(settings)
    problems = problems_of(tmp_path, f"passwords: [{SECRET}, 7, '${{file:{tmp_path}/absent}}', '${{file:held}}', '']")
    assert len(problems) == 5
    assert not any(SECRET in line for line in problems)
    assert any("cannot be read: there is no such file" in line for line in problems)
    assert any("write the whole path" in line for line in problems)


def test_hooks_are_told_of_what_stands_under_on_and_keep_their_secrets(tmp_path: Path) -> None:
    hooks = load_settings(write(tmp_path, f"hooks: {{url: 'https://a/?key={SECRET}', on: [failed]}}")).hooks

    assert hooks.on == ("failed",)
    assert hooks.url == f"https://a/?key={SECRET}"
    assert SECRET not in repr(hooks)
    problems = problems_of(tmp_path, f"hooks: {{url: 'ftp://a?{SECRET}', secret: short, on: [never], to: x}}")
    assert len(problems) == 5
    assert not [line for line in problems if SECRET in line or "short" in line]


def test_aliases_of_a_few_values_are_read(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text(
        "timeouts: {page: &long 77, connect: *long}\nfolders:\n  a: &a {priority: 1}\n  b: *a\n  c: {<<: *a}\n"
    )

    assert load_settings(file).timeouts.connect == 77
