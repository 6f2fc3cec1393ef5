"""The environment of a worker: what Python, C libraries and certificates need, and nothing secret.

The daemon's environment holds API keys, the web page's token and passwords of proxies, which a hostile file must not
reach. Workers get the key of a page's server with the page, over their private socket.
"""

import os
import re

#: Only these are kept, since any other variable could hold something secret.
_NEEDED = re.compile(
    # programs and libraries, folders, languages and time zones
    r"PATH|LD_LIBRARY_PATH|LD_PRELOAD|HOME|TMPDIR|TMP|TEMP|SYSTEMROOT|LANG|LANGUAGE|LC_[A-Z]+|TZ|TZDIR"
    # the interpreter, allocators, threads of numeric libraries
    r"|PYTHON[A-Z0-9]+|GLIBC_TUNABLES|MALLOC_[A-Z_]+|OMP_[A-Z_]+"
    # certificates
    r"|SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE"
    # text recognition; a clock that tests set; the kind of terminal
    r"|TESSDATA_PREFIX|FAKETIME[A-Z_]*|TERM|NO_COLOR|FORCE_COLOR|COLUMNS"
)


def scrubbed_environment() -> dict[str, str]:
    """The part of this process's environment that a worker gets."""
    return {name: value for name, value in os.environ.items() if _NEEDED.fullmatch(name)}
