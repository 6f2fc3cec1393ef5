"""Names that models use for the kinds of blocks of a page, in lower case, with underscores between words."""

from typing import Final

#: Of headings.
TITLES: Final = frozenset({
    "title", "sub_title", "subtitle", "section_header", "section_title", "doc_title", "paragraph_title", "heading",
})  # fmt: skip
#: Of all blocks.
LABELS: Final = TITLES | frozenset({
    "text", "table", "image", "figure", "picture", "chart", "seal", "equation", "formula", "header", "footer", "number",
    "page_number", "page_header", "page_footer", "page_footnote", "list", "list_item", "code", "algorithm", "reference",
    "ref_text", "aside_text", "paragraph", "caption", "abandon", "index", "phonetic", "footnote", "unknown", "content",
    "table_caption", "table_footnote", "image_caption", "image_footnote", "figure_caption", "figure_title",
    "code_caption", "equation_block", "header_image", "footer_image", "vision_footnote", "sentence", "abstract",
    "para", "sec", "tab", "fig", "equ", "cap", "foot", "head", "fnote", "anno", "alg", "half_para", "watermark",
    "section", "list_group", "logo", "stamp", "signature", "handwriting", "handwritten", "barcode", "qr_code", "photo",
    "illustration", "diagram", "graph", "icon", "checkbox", "form", "cell", "row", "column", "line", "word", "body",
    "page", "block", "isolate_formula", "inline_formula", "display_formula", "plain_text", "table_of_contents", "toc",
    "bibliography", "document_index", "table_cell", "button", "person", "text_block", "text_line", "other",
})  # fmt: skip
