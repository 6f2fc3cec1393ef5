"""What a worker finds in its environment: what Python, C libraries and certificates need, and nothing that is secret.

The daemon's own holds API keys, the page's token and proxies' passwords, which a hostile file must not get at.  Workers
get the key of a page's server with the page, over their private socket.
"""

import os
import re

#: Of every other name nobody knows what stands behind it.
_NEEDED = re.compile(
    # programs and libraries, folders, languages and time zones
    r"PATH|LD_LIBRARY_PATH|LD_PRELOAD|HOME|TMPDIR|TMP|TEMP|SYSTEMROOT|LANG|LANGUAGE|LC_[A-Z]+|TZ|TZDIR"
    # the interpreter, allocators, threads of numeric libraries
    r"|PYTHON[A-Z0-9]+|GLIBC_TUNABLES|MALLOC_[A-Z_]+|OMP_[A-Z_]+"
    # certificates
    r"|SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE"
    # text recognition; a clock that tests have set; a terminal's abilities
    r"|TESSDATA_PREFIX|FAKETIME[A-Z_]*|TERM|NO_COLOR|FORCE_COLOR|COLUMNS"
)


def scrubbed_environment() -> dict[str, str]:
    """This process's environment, as far as a worker is to have it."""
    return {name: value for name, value in os.environ.items() if _NEEDED.fullmatch(name)}
