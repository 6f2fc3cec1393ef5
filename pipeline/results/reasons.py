"""What a reader of the HTML is told about a page that was not read by the model."""

from pipeline.page_result import FallbackReason, Method, PageResult

REASONS = {
    FallbackReason.UNREACHABLE: "no model server could be reached",
    FallbackReason.TIMEOUT: "the model did not finish in time",
    FallbackReason.REFUSED: "the model server refused the page",
    FallbackReason.EMPTY: "the model gave no content",
    FallbackReason.TRUNCATED: "the model's answer was cut off",
    FallbackReason.REPETITIVE: "the model repeated itself without end",
    FallbackReason.MALFORMED: "the model's answer could not be used",
    FallbackReason.UNFAITHFUL: "the model's answer contradicted the page's own text",
    FallbackReason.RENDER: "the page could not be drawn as a picture for the model",
    FallbackReason.WORKER_LOST: "the process that worked on the page died",
    FallbackReason.DOCUMENT_DEADLINE: "the document's time was over",
    FallbackReason.ENGINE_BASIC: "the built-in engine was chosen",
    FallbackReason.UNREADABLE: "the page shows something that could not be read",
}

SUBSTITUTES = {
    Method.TEXT_LAYER: "What follows was read from the PDF's own text.",
    Method.OCR: "What follows was read from the page's picture by text recognition.",
    Method.BLANK: "The page is blank.",
    Method.NONE: "What this page shows could not be read; look at it in the original.",
    Method.VISION: "What follows is the model's answer.",
}
assert set(REASONS) == set(FallbackReason)  # noqa: S101 — a reason without words would be a bug at import
assert set(SUBSTITUTES) == set(Method)  # noqa: S101 — the same


def notice_for(page: PageResult) -> str | None:
    """The sentences above a page; None where there is nothing to say."""
    if page.fallback is None or not page.fell_back:
        return None
    if page.reason is FallbackReason.ENGINE_BASIC:
        return SUBSTITUTES[page.method]
    detail = " ".join(page.fallback.detail.split()).removesuffix(".")
    facts = f" ({detail})" if detail else ""
    return f"Fallback: {REASONS[page.fallback.reason]}{facts}. {SUBSTITUTES[page.method]}"
