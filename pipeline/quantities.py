"""Numbers with their units and bounds, which are checked where files are read (``files/json_values.py``)."""

from typing import Annotated

from msgspec import Meta

#: From 1.
PageNumber = Annotated[int, Meta(ge=1)]


#: From 0.
Count = Annotated[int, Meta(ge=0)]


Seconds = Annotated[float, Meta(ge=0)]


#: 0 to 1.
Share = Annotated[float, Meta(ge=0, le=1)]

#: The largest priority of a document, and with a minus sign the smallest.
MOST_PRIORITY = 100
