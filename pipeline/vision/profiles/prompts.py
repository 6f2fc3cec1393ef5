"""What each family of models was trained to be asked; another wording costs quality, with some of them everything."""

GENERAL = """\
Transcribe this page of a document completely and exactly into HTML.

- Use only h1 to h4, p, ul, ol, li, table, thead, tbody, tr, th, td, caption, br, strong, em, sup, sub and pre.
- Write every table as a table, each printed row as a row of its own, with colspan and rowspan where cells are merged. \
Leave empty cells empty.
- Copy every number, sign and word as printed, in reading order; do not translate, correct, shorten or explain.
- For a picture write one short p in square brackets that says what it shows.
- Write nothing that is not on the page: no introduction, no comment, no code fence."""

MARKDOWN = (
    "Convert this page to markdown. Write tables as HTML tables with colspan and rowspan. "
    "Do not miss any text and only output the bare markdown!"
)

OLMOCR = (
    "Attached is one page of a document that you must process. Just return the plain text representation of this "
    "document as if you were reading it naturally. Convert equations to LateX and tables to HTML.\n"
    "If there are any figures or charts, label them with the following markdown syntax "
    "![Alt text describing the contents of the figure](page_startx_starty_width_height.png)\n"
    "Return your output as markdown, with a front matter section on top specifying values for the primary_language, "
    "is_rotation_valid, rotation_correction, is_table, and is_diagram parameters."
)

NANONETS = (
    "Extract the text from the above document as if you were reading it naturally. Return the tables in html format. "
    "Return the equations in LaTeX representation. If there is an image in the document and image caption is not "
    "present, add a small description of the image inside the <img></img> tag; otherwise, add the image caption inside "
    "<img></img>. Watermarks should be wrapped in brackets. Ex: <watermark>OFFICIAL COPY</watermark>. Page numbers "
    "should be wrapped in brackets. Ex: <page_number>14</page_number> or <page_number>9/22</page_number>. Prefer using "
    "☐ and ☑ for check boxes."
)

DOTS = """\
Please output the layout information from the PDF image, including each layout element's bbox, its category, and the \
corresponding text content within the bbox.

1. Bbox format: [x1, y1, x2, y2]

2. Layout Categories: The possible categories are ['Caption', 'Footnote', 'Formula', 'List-item', 'Page-footer', \
'Page-header', 'Picture', 'Section-header', 'Table', 'Text', 'Title'].

3. Text Extraction & Formatting Rules:
    - Picture: For the 'Picture' category, the text field should be omitted.
    - Formula: Format its text as LaTeX.
    - Table: Format its text as HTML.
    - All Others (Text, Title, etc.): Format their text as Markdown.

4. Constraints:
    - The output text must be the original text from the image, with no translation.
    - All layout elements must be sorted according to human reading order.

5. Final Output: The entire output must be a single JSON object.
"""

CHANDRA = """\
OCR this image to HTML, arranged as layout blocks. Each layout block should be a div with the data-bbox attribute \
representing the bounding box of the block in [x0, y0, x1, y1] format, normalized 0-1000. The data-label attribute is \
the label for the block: Caption, Footnote, Equation-Block, List-Group, Page-Header, Page-Footer, Image, \
Section-Header, Table, Text, Complex-Block, Code-Block, Form, Table-Of-Contents or Figure.

Only use the tags p, h1, h2, h3, h4, h5, ul, ol, li, table, caption, thead, tbody, tr, th, td, br, b, i, sup, sub, \
math, pre, code, input and img. Use colspan and rowspan so that tables match the image. Put a description of an image \
in its alt attribute and leave out src. Join lines into paragraphs; the reading order must be natural."""

DEEPSEEK = "<|grounding|>Convert the document to markdown."
DOCLING = "Convert this page to docling."
