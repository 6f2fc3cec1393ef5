"""Which files of a document the page sends, by their endings."""

#: The media type of each.
KINDS = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "tables.json": "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv.zip": "application/zip",
    "md": "text/markdown; charset=utf-8",
}
#: Those of a delivered document.
ENDINGS = tuple(KINDS)
#: Those of a failed one.
FAILED_ENDINGS = ("json", "pdf")
