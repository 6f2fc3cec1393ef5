"""Opens the page's port as the settings say, or says why that cannot be."""

from pipeline.errors import os_error_to_words
from pipeline.log.log import logger
from pipeline.settings.sections import Web
from pipeline.web.addresses import Listeners, is_loopback, open_listeners

OPEN_TO_ALL = "Everybody on the network could use the page."
OPEN_ADVICE = "Set web.token, or web.host: 127.0.0.1."
NO_PORT_ADVICE = "End the other program, or set another web.port."


def lacks_token(web: Web) -> bool:
    """Whether others than this machine could use the page, and nothing keeps them from it."""
    return not is_loopback(web.host) and web.token is None


def listen(web: Web) -> Listeners:
    """Open the port; empty where there is to be no page, or where there can be none: the log says why then."""
    if not web.enabled:
        return Listeners()
    if lacks_token(web):
        logger().error("no_web_page", host=web.host, error=OPEN_TO_ALL, advice=OPEN_ADVICE)
        return Listeners()
    try:
        return open_listeners(web.host, web.port)
    except OSError as error:
        logger().warning(
            "no_web_page", host=web.host, port=web.port, error=os_error_to_words(error), advice=NO_PORT_ADVICE
        )
        return Listeners()


def listeners_to_url(listeners: Listeners, host: str) -> str | None:
    """The page's address; None without a page."""
    if not listeners.sockets:
        return None
    return f"http://{f'[{host}]' if ':' in host else host}:{listeners.port}"
