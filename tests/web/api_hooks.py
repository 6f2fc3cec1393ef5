"""What schemathesis needs to know: how to make a PDF, which any bytes are to the page."""

import schemathesis
from hypothesis import strategies

schemathesis.openapi.media_type("application/pdf", strategies.binary(max_size=200))
