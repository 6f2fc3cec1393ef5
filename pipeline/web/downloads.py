"""Which files of a document the page sends, by their endings."""

#: What a user has settled; only where something is.
REVIEW = "review.json"
#: The media type of each.
KINDS = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "tables.json": "application/json",
    REVIEW: "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv.zip": "application/zip",
    "md": "text/markdown; charset=utf-8",
}
#: Those that every delivered document has.
ENDINGS = tuple(ending for ending in KINDS if ending != REVIEW)
#: Those of a failed one.
FAILED_ENDINGS = ("json", "pdf")
