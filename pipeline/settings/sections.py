"""The groups of the settings: what each key may be, and its default."""

import re
from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_settings import NoDecode

from pipeline.choices import LogFormat, LogLevel, Output
from pipeline.kinds import Kind
from pipeline.settings.references import reference_to_value

Seconds = Annotated[float, Field(gt=0, le=1e7, allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1)]
Language = Annotated[str, Field(pattern=r"^[A-Za-z_]+(/[A-Za-z_]+)?$")]


#: Characters of a PDF's password, of which no standard uses more.
LONGEST_PASSWORD = 127
Password = Annotated[str, Field(min_length=1, max_length=LONGEST_PASSWORD), BeforeValidator(reference_to_value)]


def checked_url(url: str) -> str:
    """The address of a model server, without a slash at its end.

    Raises:
        ValueError: It is not one.
    """
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", url):
        message = "must look like http://127.0.0.1:1234/v1 (no user, query or fragment)"
        raise ValueError(message)
    return url.rstrip("/")


def _checked_proxy(proxy: str) -> str:
    if proxy != "none" and not re.fullmatch(r"http://[^\s/?#]+/?", proxy):
        message = "must look like http://proxy.example:3128 or http://NAME:PASSWORD@proxy.example:3128, or be none"
        raise ValueError(message)
    return proxy.rstrip("/")


def _as_pair(value: object) -> object:
    """A certificate as a pair of two files, also where its key is in the same file."""
    return (value, value) if isinstance(value, str | Path) else value


#: YAML 1.1 reads the word ``off`` as false.
NO_IS_OFF = BeforeValidator(lambda value: "off" if value is False else value)


class Section(BaseModel):
    """A group of settings; a key that it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Timeouts(Section):
    """Seconds of wall clock."""

    page: Seconds = 180
    document: Seconds = 300
    connect: Seconds = 5
    stop: Annotated[float, Field(ge=0, le=3600)] = 10


class Server(Section):
    """One OpenAI-compatible server."""

    url: Annotated[str, AfterValidator(checked_url)] = "http://127.0.0.1:1234/v1"
    model: Text = "auto"
    slots: Annotated[int, Field(ge=1, le=1024)] | Literal["auto"] = "auto"
    api_key: Annotated[Text | None, BeforeValidator(reference_to_value)] = Field(default=None, repr=False)
    ca: Path | None = None
    cert: Annotated[tuple[Path, Path] | None, BeforeValidator(_as_pair)] = None
    verify: bool = True
    proxy: Annotated[Annotated[str, AfterValidator(_checked_proxy)] | None, BeforeValidator(reference_to_value)] = (
        Field(default=None, repr=False)
    )
    host: Text | None = None


def _distinct(servers: tuple[Server, ...]) -> tuple[Server, ...]:
    """Make sure that no address is listed twice: servers are told apart by their addresses."""
    twice = [url for url, count in Counter(server.url for server in servers).items() if count > 1]
    if twice:
        message = f"{twice[0]} is listed twice; list each server once, with as many slots as it has"
        raise ValueError(message)
    return servers


Servers = Annotated[tuple[Server, ...], Field(min_length=1), AfterValidator(_distinct)]


def _text_to_list(value: object) -> object:
    """A list of texts, also from a single text: ``a, b``, or ``["a", "b"]`` as the environment may have it."""
    return [part.strip(" \"'") for part in value.strip("[] ").split(",")] if isinstance(value, str) else value


def _with_html(outputs: tuple[Output, ...]) -> tuple[Output, ...]:
    """Each once; the HTML is always made."""
    return tuple(dict.fromkeys((Output.HTML, *outputs)))


Outputs = Annotated[tuple[Output, ...], NoDecode, BeforeValidator(_text_to_list), AfterValidator(_with_html)]


Kinds = Annotated[tuple[Kind, ...], NoDecode, BeforeValidator(_text_to_list), Field(min_length=1)]


class Watch(Section):
    """How the inbox is watched; times in seconds."""

    polling: bool = False
    settle: Seconds = 1.0
    kinds: Kinds = tuple(Kind)
    patience: Annotated[float, Field(ge=0, le=1e7, allow_inf_nan=False)] = 120
    rescan: Seconds = 60


class Ocr(Section):
    """Text recognition for pages without text that can be used."""

    engine: Annotated[Literal["auto", "tesseract", "rapidocr", "off"], NO_IS_OFF] = "auto"
    languages: Literal["auto"] | Annotated[tuple[Language, ...], Field(min_length=1)] = "auto"

    @property
    def fixed_languages(self) -> tuple[str, ...]:
        """Those that the user names; none where each page's script decides."""
        return () if self.languages == "auto" else self.languages


class Limits(Section):
    """Limits for a document and for a worker."""

    file_mib: Annotated[int, Field(ge=1)] = 512
    pages: Annotated[int, Field(ge=1)] = 5000
    page_pixels: Annotated[int, Field(ge=10_000)] = 26_000_000
    worker_mib: Annotated[int, Field(ge=256)] = 1024
    ocr_mib: Annotated[int, Field(ge=512)] = 2048


class Retry(Section):
    """Whether pages of delivered documents that no server could be reached for are asked again when one is back."""

    automatic: bool = True


class Web(Section):
    """The web page; port 0 means any free port, and without a token only this machine is served."""

    enabled: bool = True
    host: Text = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 62162
    token: Annotated[
        Literal["auto"] | Annotated[str, Field(min_length=16)] | None, BeforeValidator(reference_to_value)
    ] = Field(default=None, repr=False)
    upload_mib: Annotated[int, Field(ge=1)] = 200


def _checked_hook_url(url: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#@]+([/?][^\s#]*)?", url):
        message = "must look like https://example.org/told (no user and no fragment)"
        raise ValueError(message)
    return url


class Hooks(Section):
    """Who is told when a document has ended or nothing is in work any more. Without command and url it is nobody."""

    command: Annotated[tuple[Text, ...], Field(max_length=100)] = ()
    url: Annotated[Annotated[str, AfterValidator(_checked_hook_url)] | None, BeforeValidator(reference_to_value)] = (
        Field(default=None, repr=False)
    )
    secret: Annotated[Annotated[str, Field(min_length=16)] | None, BeforeValidator(reference_to_value)] = Field(
        default=None, repr=False
    )
    on: tuple[Literal["complete", "partial", "failed", "idle"], ...] = ("complete", "partial", "failed", "idle")

    @model_validator(mode="before")
    @classmethod
    def _read_on_as_a_key(cls, values: object) -> object:
        """YAML 1.1 reads the key ``on`` as true."""
        if isinstance(values, dict) and True in values:
            return {("on" if key is True else key): value for key, value in values.items()}
        return values

    timeout: Annotated[float, Field(gt=0, le=3600)] = 10


class Log(Section):
    """What is logged, and how it looks."""

    level: LogLevel = "info"
    format: LogFormat = "auto"
