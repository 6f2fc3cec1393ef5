# ruff: noqa: E501, RUF001 — an answer stands on one line, as models write it
"""Further kinds of answers, found by inventing them in the forms that models are known to have.

All content is made up.  What is refused here is so since its structure is lost, or since nothing of it is the page's.
"""

import pytest
from answer_kinds import Kinds, NoPage, Page, check, kinds_to_cases

from pipeline.page_result import FallbackReason
from pipeline.vision.answers.judge import judge

REFUSED, MALFORMED, EMPTY = FallbackReason.REFUSED, FallbackReason.MALFORMED, FallbackReason.EMPTY
TRUNCATED, REPETITIVE = FallbackReason.TRUNCATED, FallbackReason.REPETITIVE

LATEX: Kinds = {
    "multirow that spreads upwards": (
        Page(
            r"\begin{tabular}{|l|c|}\hline & 12 \\ & 14 \\ \multirow{-3}{*}{North} & 16 \\ \hline & 20 \\ \multirow{-2}{*}{\cellcolor[HTML]{EFEFEF}South} & 21 \\ \hline\end{tabular}",
            ("North|12;North|14;North|16;South|20;South|21",),
        ),
        Page(r"\begin{tabular}{ll} & 1 \\ \multirow{-2}{*}{Quay} & 2 \\\end{tabular}", ("Quay|1;Quay|2",)),
        Page(r"\begin{tabular}{ll}Pier & 1 \\ \multirow{-2}{*}{Quay} & 2 \\\end{tabular}", ("Pier|1;Quay|2",)),
    ),
    "a table within a command or a group": (
        Page(
            "\\begin{table}[h]\n\\caption{Hay}\n\\resizebox{\\textwidth}{!}{%\n\\begin{tabular}{@{}lr@{}}\\toprule Field & t\\\\ \\midrule"
            "\\rowcolor{gray!10} East\\textsuperscript{a} & \\textcolor{red}{4.1}\\\\ \\bottomrule\\end{tabular}%\n}\n\\end{table}",
            ("Field|t;Eastᵃ|4.1",),
            ("Hay",),
        ),
        Page(r"{\small \begin{tabular}{ll}Kiln & 4\\ Oven & 6\end{tabular}}", ("Kiln|4;Oven|6",)),
        Page(
            r"\begin{sidewaystable}\scalebox{0.8}{\begin{tabular}{ll}Kiln & 4\\ Oven & 6\end{tabular}}\end{sidewaystable}",
            ("Kiln|4;Oven|6",),
        ),
    ),
    "a long table with what it repeats": (
        Page(
            "\\begin{longtable}{ll}\\caption{Tools} \\\\ \\hline Tool & Place \\\\ \\hline \\endfirsthead \\multicolumn{2}{c}{Continued} \\\\"
            " Tool & Place \\\\ \\endhead \\multicolumn{2}{r}{Next page} \\\\ \\endfoot \\hline \\endlastfoot Saw & Wall \\\\ Axe & Floor \\\\ \\end{longtable}",
            ("Tool|Place;Saw|Wall;Axe|Floor",),
            ("Tools",),
        ),
        Page(
            r"\begin{longtable}{ll}Tool & Place \\ \endhead Saw & Wall \\ Axe & Floor \\\end{longtable}",
            ("Tool|Place;Saw|Wall;Axe|Floor",),
        ),
        Page(
            r"\begin{longtable}{ll}Tool & Place \\ \endhead Sum & 2 \\ \endlastfoot Saw & Wall \\ Axe & Floor \\\end{longtable}",
            ("Tool|Place;Saw|Wall;Axe|Floor;Sum|2",),
        ),
    ),
    "a cell that a slanted line parts": (
        Page(
            r"\begin{tabular}{|c|c|}\hline \diagbox{Day}{Hour} & 9 \\ \hline Mon & Ann \\ \hline\end{tabular}",
            ("Day / Hour|9;Mon|Ann",),
        ),
        Page(r"\begin{tabular}{cc}\backslashbox{Bed}{Year} & 1\\ Oak & 2\end{tabular}", ("Bed / Year|1;Oak|2",)),
        Page(r"\begin{tabular}{cc}\slashbox{\textbf{a}}{b} & 1\\ Oak & 2\end{tabular}", ("a / b|1;Oak|2",)),
    ),
    "LaTeX whose backslashes are doubled": (
        Page(
            "\\\\begin{tabular}{ll}\\\\hline Nut & 4 \\\\\\\\ \\\\hline Bolt & 6 \\\\\\\\ \\\\end{tabular}",
            ("Nut|4;Bolt|6",),
        ),
        Page(
            "\\\\begin{tabular}{ll}\\\\multicolumn{2}{c}{Nuts} \\\\\\\\ a & 6 \\\\\\\\ \\\\end{tabular}",
            ("Nuts|Nuts;a|6",),
        ),
        Page("\\\\begin{tabular}{l}\\\\textbf{Nut}\\\\\\\\ \\\\hline\n4\\\\\\\\\n\\\\end{tabular}", ("Nut;4",)),
    ),
    "pages that Nougat could not read": (
        NoPage("[MISSING_PAGE_EMPTY:1]", TRUNCATED),
        NoPage("[MISSING_PAGE_FAIL:3]", TRUNCATED),
        NoPage("## Tides\n\nHigh at four.\n\n+++ ==WARNING: Truncated because of repetitions==\n+++", TRUNCATED),
    ),
    "tables in LaTeX with places in comments": (
        Page(
            "<!-- Title (12, 30, 400, 60) -->\n# Tides\n\n<!-- Table (12, 80, 900, 400) -->\n\\begin{tabular}{ll}\nDay & High \\\\\n1 & 4:12 \\\\\n\\end{tabular}",
            ("Day|High;1|4:12",),
            ("Tides",),
        ),
        Page("<!-- Text (1, 2, 3, 4) -->\nHay is sold.\n\n<!-- Image (1, 2, 3, 4) -->", (), ("Hay is sold.",)),
        Page("\\begin{tabular}{l}\na\\\\ b\n\\end{tabular}\n<!-- Table (1, 2, 3, 4) -->", ("a;b",)),
    ),
}
PLACES: Kinds = {
    "places and classes in brackets": (
        Page(
            "[0.2,0.1,0.7,0.2] sec_0 Quays[PAIR_SEP][0.1,0.3,0.9,0.4] para Ships wait.[RELATION_SEP]",
            (),
            ("Quays", "Ships wait."),
        ),
        NoPage("[0.2,0.1,0.7,0.2] sec_0[PAIR_SEP][0.10,0.10,0.90,0.22] tab[RELATION_SEP]", EMPTY),
        NoPage("[212,40,733,71][sec_0][PAIR_SEP][100,110,900,222][para]", EMPTY),
    ),
    "boxes whose tokens a server has stripped": (
        Page("060 040 940 090titleBells\n060 100 940 300textRung at noon.", (), ("Bells", "Rung at noon.")),
        Page("010 040 940 090table_captionBells by weight", (), ("Bells by weight",)),
        Page("012 345 678 901 is the number to call.", (), ("012 345 678 901 is the number to call.",)),
    ),
    "coordinates and nothing else": (
        NoPage("[120, 340, 560, 380]", EMPTY),
        NoPage("[[120, 340, 560, 380], [1, 2, 3, 4]]", EMPTY),
        NoPage("x1=120, y1=340, x2=560, y2=380", EMPTY),
        NoPage("bbox: [0.12, 0.34, 0.56, 0.38]", EMPTY),
        NoPage(
            '```json\n[{"bbox_2d": [12, 30, 300, 60], "label": "title"}, {"bbox_2d": [12, 80, 300, 400], "label": "table"}]\n```',
            EMPTY,
        ),
    ),
    "a layout whose labels are the text": (
        Page(
            '[{"bbox_2d": [1, 2, 3, 4], "label": "Sailing School"}, {"bbox_2d": [1, 5, 3, 8], "label": "Fee 120.00"}]',
            (),
            ("Sailing School", "Fee 120.00"),
        ),
        Page('```json\n[{"bbox_2d": [1, 2, 3, 4], "label": "title", "text_content": "Oars"}]\n```', (), ("Oars",)),
        Page(
            '[{"box_2d": [1, 2, 3, 4], "label": "Oars"}, {"box_2d": [1, 2, 3, 4], "label": "picture"}]', (), ("Oars",)
        ),
    ),
    "rows before a place": (
        Page(
            "<x_0.1><y_0.1># Fees<x_0.4><y_0.2><class_Section-header><x_0.1><y_0.5>| a | b |\n|---|---|\n| 1 | 2 |<x_0.5><y_0.6><class_Table>",
            ("a|b;1|2",),
            ("Fees",),
        ),
        Page("| a | b |\n|---|---|\n| 1 | 2 |<|LOC_1|><|LOC_2|>", ("a|b;1|2",)),
        Page(
            "<x_1><y_2><x_3><y_4><LAYOUT_SECTION_HEADER>Oats<x_1><y_5><x_3><y_6><LAYOUT_FORMULA>a=b",
            (),
            ("Oats", "a=b"),
        ),
    ),
    "an end mark behind DocTags": (
        Page(
            "<doctag><text><loc_1><loc_2><loc_3><loc_4>Oats</text><otsl><loc_1><loc_2><loc_3><loc_4><ched>Boat<ched>Fee<nl><fcel>Punt<fcel>4.50<nl></otsl></doctag><|end_of_text|>",
            ("Boat|Fee;Punt|4.50",),
            ("Oats",),
        ),
        Page(
            "<|start_of_role|>assistant<|end_of_role|><doctag><title>Rye</title></doctag><|end_of_text|>", (), ("Rye",)
        ),
        Page("<doctag><text><loc_1><loc_2><loc_3><loc_4>Oats</text></doctag><|im_end|>", (), ("Oats",)),
    ),
    "nothing but places, in further forms": (
        NoPage(
            "[12,40,880,90][sec_0][PAIR_SEP][12,100,880,300][para][author][RELATION_SEP][12,310,880,600][tab]", EMPTY
        ),
        NoPage("100 200 300 400title400 500 600 700text120 130 140 150table", EMPTY),
        Page("<p>Oats</p>\n<img>(12,34),(56,78)</img>", (), ("Oats",)),
    ),
    "further broken tokens": (
        NoPage("<SPECIAL_12><SPECIAL_12>", EMPTY),
        NoPage("[UNUSED_TOKEN_145][PAD151655]", EMPTY),
        NoPage("<fim_middle><fim_suffix><|vision_pad|>", EMPTY),
        Page("Caf<0xC3><0xA9> by the sea", (), ("Café by the sea",)),
    ),
}
WRAPPED: Kinds = {
    "thoughts and the answer in tags": (
        Page("<analysis>A title.</analysis>\n<answer># Rye\n\n12 t</answer>", (), ("Rye", "12 t")),
        Page("<reasoning>Hm.</reasoning><result># Rye</result>", (), ("Rye",)),
        Page("<think>Hm.</think>\n<output>\n<table><tr><td>a</td><td>1</td></tr></table>\n</output>", ("a|1",)),
        Page("\\boxed{Ida 910}", (), ("Ida 910",)),
    ),
    "a fence within a fence": (
        Page("```markdown\n```html\n<table><tr><td>a</td><td>1</td></tr></table>\n```\n```", ("a|1",)),
        Page(
            "```markdown\n# Rye\n\n```html\n<table><tr><td>a</td><td>1</td></tr></table>\n```\n\nOats\n```",
            ("a|1",),
            ("Rye", "Oats"),
        ),
        Page("```html\n```\n<p>Rye</p>\n```\n```", (), ("Rye",)),
    ),
    "parts of a message, thoughts among them": (
        Page(
            '[{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}, {"type": "text", "text": "# Rye"}]',
            (),
            ("Rye",),
        ),
        Page('[{"type": "reasoning", "reasoning": "Hm."}, {"type": "text", "text": "Oats"}]', (), ("Oats",)),
        NoPage('[{"type": "thinking", "thinking": "Only thoughts."}]', EMPTY),
    ),
    "who speaks, left over": (
        Page("<|start_of_role|>assistant<|end_of_role|># Seeds<|end_of_text|>", (), ("Seeds",)),
        Page("assistant\n\n# Seeds", (), ("Seeds",)),
        Page("Assistant: Dues are paid at noon.<end_of_utterance>", (), ("Dues are paid at noon.",)),
        Page("[INST] Convert this page. [/INST] # Seeds", (), ("Seeds",)),
    ),
    "tags of pages, in their own words": (
        Page(
            "<header>Harbour Board</header>\n\n# Dues\n\n<img>Stamp of the board</img>\n\n<table><tr><td>☑ Paid</td></tr></table>\n\n<signature>J. Roe</signature>\n<watermark>COPY</watermark>\n<page_number>3/9</page_number>",
            ("☑ Paid",),
            ("Harbour Board", "Dues", "Stamp of the board", "J. Roe", "COPY", "3/9"),
        ),
        Page("<watermark>DRAFT</watermark>\nRye ☐ Oats ☒", (), ("DRAFT", "Rye ☐ Oats ☒")),
        Page("<page_number>Page 3 of 9</page_number>\n\nRye", (), ("Page 3 of 9", "Rye")),
    ),
    "front matter": (
        Page(
            "---\nprimary_language: en\nis_rotation_valid: True\nrotation_correction: 0\nis_table: False\n---\nMinutes.\n\n![Photo of the hall](page_10_20_300_400.png)\n\n<table><tr><td>a</td><td>1</td></tr></table>",
            ("a|1",),
            ("Minutes.", "Photo of the hall"),
        ),
        Page("---\nprimary_language: de\nis_table: true\n\nWiese", (), ("Wiese",)),
        NoPage("---\nprimary_language: null\nis_rotation_valid: True\nrotation_correction: 0\n---\n", EMPTY),
    ),
    "a document of HTML": (
        Page(
            '<!DOCTYPE html><html><head><title>x</title><style>td{}</style></head><body><h2 data-bbox="1 2 3 4">Deeds</h2><table data-bbox="1 2 3 4"><tr><td>a</td><td>1</td></tr></table><div class="image" data-bbox="1 2 3 4"><img data-bbox="1 2 3 4"/></div></body></html>',
            ("a|1",),
            ("Deeds",),
        ),
        Page('<html><body><p data-bbox="1 2 3 4">One.</p><ol><li>Two</li></ol></body></html>', (), ("One.", "Two")),
        Page("<body>\n<h1>Deeds</h1>\n<p>Kept.</p>", (), ("Deeds", "Kept.")),
    ),
    "blocks with label and box": (
        Page(
            '<div data-bbox="1 2 3 4" data-label="Section-Header"><h1>Quays</h1></div><div data-bbox="1 2 3 4" data-label="Table"><table><thead><tr><th>Boat</th><th>Due</th></tr><tr><td>Punt</td><td>4.50</td></tr></thead></table></div><div data-bbox="1 2 3 4" data-label="Page-Footer">7</div>',
            ("Boat|Due;Punt|4.50",),
            ("Quays", "7"),
        ),
        Page('<div data-bbox="1 2 3 4" data-label="Form"><input type="checkbox" checked/> Paid</div>', (), ("☑ Paid",)),
        Page(
            '<div data-label="Image"><img alt="A crane"/></div><div data-label="Text"><p>Lifts.</p></div>',
            (),
            ("A crane", "Lifts."),
        ),
    ),
}
TABLES: Kinds = {
    "cells and rows that are not closed": (
        Page("<table><tr><td>a<td>1<tr><td>b<td>2</table>", ("a|1;b|2",)),
        Page('<table><tr><td rowspan="4">a</td><td>1</td></tr><tr><td>2</td></tr></table>', ("a|1;a|2",)),
        Page("<table><thead><th>A</th><th>B</th></thead><tbody><td>1</td><td>2</td></tbody></table>", ("A|B;1|2",)),
        Page(
            "<table><tr><td>Oak</td><td>4</td></tr><tr <td>Elm</td><td>6</td></tr><tr><td>Ash</td><td>8</td</tr></table>",
            ("Oak|4;Elm|6;Ash|8",),
        ),
    ),
    "a loop of tags": (
        NoPage("<table><tr><td>a</td></tr>" + "<tr><td></td><td></td></tr>" * 150, REPETITIVE),
        NoPage("<table>" + "<!-- --tr style " * 200, REPETITIVE),
        NoPage("Oats\n" + "." * 3000, REPETITIVE),
    ),
    "cells of a layout that are empty": (
        Page(
            '[{"bbox": [1, 2, 3, 4], "category": "Title", "text": "# Form"}, {"bbox": [1, 5, 3, 6], "category": "Table", "text": "<table><tr><td>Name</td><td></td></tr><tr><td>Date</td><td>____</td></tr></table>"}]',
            ("Name|;Date|____",),
            ("Form",),
        ),
        Page(
            '[{"bbox": [1, 2, 3, 4], "category": "Text", "text": ""}, {"bbox": [1, 2, 3, 4], "category": "Text", "text": "Kept"}]',
            (),
            ("Kept",),
        ),
        Page(
            '[{"bbox": [1, 2, 3, 4], "category": "Picture"}, {"bbox": [1, 2, 3, 4], "category": "Text", "text": "Name ____"}]',
            (),
            ("Name ____",),
        ),
    ),
    "JSON in Python's quotes": (
        Page(
            "[{'bbox': [1, 2, 3, 4], 'category': 'Title', 'text': 'Fees'}, {'bbox': [1, 2, 3, 4], 'category': 'Text', 'text': \"It's paid\"}]",
            (),
            ("Fees", "It's paid"),
        ),
        Page(
            "[{'Tool': 'Saw', 'Cost': 41.50, 'New': True}, {'Tool': 'Axe', 'Cost': 18.00, 'New': None}]",
            ("Tool|Cost|New;Saw|41.50|true;Axe|18.00|",),
        ),
        Page("{'natural_text': '# Log\\n\\nOne \"log\".'}", (), ("Log", 'One "log".')),
    ),
    "JSON that breaks off": (
        NoPage(
            '{"title": "Repairs", "tables": [{"headers": ["Tool", "Cost"], "rows": [["Saw", "41.00"], ["Axe", "18',
            MALFORMED,
        ),
        NoPage('```json\n[{"Tool": "Saw", "Cost": "41.50"}, {"Tool": "Axe", "Co', MALFORMED),
        NoPage('{"Tool": "Saw" "Cost": "41.50", "Paid": "yes"}', MALFORMED),
    ),
    "JSON among text": (
        Page(
            'Prices\n\n```json\n[{"Tool": "Saw", "Cost": 41.50}, {"Tool": "Axe", "Cost": 18.00}]\n```\n\nWithout work.',
            ("Tool|Cost;Saw|41.50;Axe|18.00",),
            ("Prices", "Without work."),
        ),
        Page('# Log\n\n[["a", "b"], ["1", "2"]]\n\nEnd.', ("a|b;1|2",), ("Log", "End.")),
        Page("# Log\n\n[12] and {x} are kept.", (), ("[12] and {x} are kept.",)),
    ),
    "a page in a JSON object, in parts": (
        Page(
            '{"title": "Fees", "text": "Paid at noon.", "table": {"headers": ["Boat", "Due"], "rows": [["Punt", "4.50"]]}, "notes": "No dogs."}',
            ("Boat|Due;Punt|4.50",),
            ("Fees", "Paid at noon.", "No dogs."),
        ),
        Page('{"title": "Fees", "content": "Paid at noon.", "language": "en"}', (), ("Fees", "Paid at noon.")),
        Page('{"type": "page", "page_number": 3, "markdown": "# Fees"}', (), ("Fees",)),
    ),
    "JSON by columns and by cells": (
        Page('{"Tool": ["Saw", "Axe"], "Cost": ["41.00", "18.00"]}', ("Tool|Cost;Saw|41.00;Axe|18.00",)),
        Page(
            '{"cells": [{"row": 0, "col": 0, "text": "Tool"}, {"row": 0, "col": 1, "text": "Cost", "row_span": 1}, {"row": 1, "col": 0, "text": "Saw", "col_span": 2}]}',
            ("Tool|Cost;Saw|Saw",),
        ),
        Page('{"Rules": ["No dogs.", "No balls."]}', (), ("Rules", "No dogs.", "No balls.")),
    ),
    "bare CSV": (
        Page("Year,Riders,Trams\n2021,14200,31\n2022,15800,33", ("Year|Riders|Trams;2021|14200|31;2022|15800|33",)),
        Page("```\nYear;Riders\n2021;14,5\n2022;15,5\n```", ("Year|Riders;2021|14,5;2022|15,5",)),
        Page("Riders\n\nYear\tRiders\tTrams\n2021\t14\t3", ("Year|Riders|Trams;2021|14|3",), ("Riders",)),
        Page(
            '```csv\nRiders by year\nName,Note\n"Roe, A.","one\ntwo"\nDoe,none\n```',
            ("Name|Note;Roe, A.|one two;Doe|none",),
            ("Riders by year",),
        ),
        Page("Anna,Bert\nand Carl\ncame,saw,went", (), ("Anna,Bert", "and Carl", "came,saw,went")),
        Page(
            "1.\tFirst of all\n2.\tThen the rest\n3.\tAt last",
            (),
            ("First of all", "Then the rest", "At last"),
        ),
    ),
    "tables as databases print them": (
        Page(" Crop  | t\n-------+----\n Rye   | 12\n Oats  |  4\n(2 rows)", ("Crop|t;Rye|12;Oats|4",), ("(2 rows)",)),
        Page(
            "+------+----+\n| Crop | t  |\n+------+----+\n| Rye  | 12 |\n| Oats |  4 |\n+------+----+\n2 rows in set",
            ("Crop|t;Rye|12;Oats|4",),
        ),
        Page("｜品名｜数量｜\n｜---｜---｜\n｜螺母｜60｜", ("品名|数量;螺母|60",)),
    ),
    "tables without a frame": (
        Page(" Crop │ t\n──────┼────\n Rye  │ 12\n Oats │ 4\n\nDry year.", ("Crop|t;Rye|12;Oats|4",), ("Dry year.",)),
        Page("Crop   t\n-----  --\nRye    12\nOats    4\n\nDry year.", ("Crop|t;Rye|12;Oats|4",), ("Dry year.",)),
        Page(
            "=====  ==\nCrop   t\n=====  ==\nRye    12\nOats    4\n=====  ==\n\nEnd",
            ("Crop|t;Rye|12;Oats|4",),
            ("End",),
        ),
        Page("Signed by both of them\n-------   -------\nThe clerk and the mayor", (), ("Signed by both of them",)),
    ),
    "rows of LaTeX that begin with a star or a bracket": (
        Page(
            r"\begin{tabular}{lc}\hline **Model** & t \\ **Small** & 12 \\ **Large** & 99 \\ \hline\end{tabular}",
            ("Model|t;Small|12;Large|99",),
        ),
        Page(
            r"\begin{tabular}{lc}Ref & t \\ [1] Roe & 5 \\[2pt] [2] Doe & 6\end{tabular}",
            ("Ref|t;[1] Roe|5;[2] Doe|6",),
        ),
        Page(
            r"\begin{tabular}{lc}a & 1 \\*[1ex] b & 2 \\* c & 3 \\[\smallskipamount] d & 4\end{tabular}",
            ("a|1;b|2;c|3;d|4",),
        ),
    ),
    "rows of divs without a table": (
        Page(
            '<div class="row"><div class="col-6">Crop</div><div class="col-6">t</div></div><div class="row"><div class="col-6">Rye</div><div class="col-6">12</div></div>',
            ("Crop|t;Rye|12",),
        ),
        Page(
            '<div class="row"><div class="col">One column of text.</div><div class="col">Another one.</div></div>',
            (),
            ("One column of text.", "Another one."),
        ),
        Page(
            '<div class="row"><div class="col">One.</div></div><div class="row"><div class="col">Two.</div><div class="col">Three.</div></div>',
            (),
            ("One.", "Two.", "Three."),
        ),
    ),
    "half tokens of OTSL and DocTags": (
        Page("<fcel>a<fcel>b<nl><fcel>1<fcel>2<nl><fcel>3<fce", ("a|b;1|2",)),
        Page(
            "<doctag><otsl><loc_1><loc_2><loc_3><loc_4><ched>Boat<ched>Fee<nl><fcel>Punt<fcel>4.50<nl><fcel>Ba",
            ("Boat|Fee;Punt|4.50",),
        ),
        Page("< fcel >Day< fcel >High< nl >< fcel >1< fcel >4:12< nl >", ("Day|High;1|4:12",)),
    ),
}
_INTRODUCED = {
    "Portuguese": "Aqui está a transcrição do documento:\n\n# Seed\n\nSe precisar de mais alguma coisa, é só avisar!",
    "Italian": "Certo! Ecco la trascrizione della pagina in formato HTML:\n\n# Seed\n\nFammi sapere se hai bisogno di altro.",
    "Dutch": "Hier is de transcriptie van de pagina:\n\n# Seed\n\nLaat het me weten als je nog vragen hebt.",
    "Swedish": "Här är texten från bilden:\n\n# Seed\n\nSäg till om du behöver mer hjälp.",
    "Danish": "Her er teksten fra billedet:\n\n# Seed",
    "Finnish": "Tässä on kuvan teksti:\n\n# Seed",
    "Hungarian": "Íme a képről kinyert szöveg:\n\n# Seed\n\nSzóljon, ha további segítségre van szüksége.",
    "Romanian": "Iată textul extras din imagine:\n\n# Seed",
    "Ukrainian": "Ось текст із зображення:\n\n# Seed",
    "Vietnamese": "Dưới đây là nội dung được trích xuất từ hình ảnh:\n\n# Seed\n\nNếu bạn cần thêm trợ giúp, hãy cho tôi biết.",
    "Arabic": "فيما يلي النص المستخرج من الصورة:\n\n# Seed\n\nإذا كنت بحاجة إلى مساعدة أخرى فأخبرني.",
    "Chinese, with a note": "这张图片中的文字如下：\n\n# Seed\n\n注：部分文字模糊，可能存在识别误差。",
    "Arabic, with a question": "إليك النص المستخرج من الصورة:\n\n# Seed\n\nهل تحتاج إلى أي مساعدة أخرى؟",
    "Hindi": "यहाँ छवि से निकाला गया पाठ है:\n\n# Seed\n\nयदि आपको और सहायता चाहिए तो कृपया बताएं।",
    "Chinese, behind the page": "# Seed\n\n以上是图片中的全部内容。",
    "Turkish, behind HTML": "<p>Seed</p>\n\nBu, görseldeki metnin tamamıdır. Başka bir konuda yardıma ihtiyacınız olursa lütfen belirtin.",
    "Hebrew, behind HTML": "<p>Seed</p>\n\nזהו כל הטקסט מהתמונה. אם תצטרך עזרה נוספת, אשמח לעזור.",
    "English, a disclaimer": "# Seed\n\n*Disclaimer: This transcription was generated by an AI and may contain errors.*",
    "English, with a note": "# Seed\n\n**Note:** Some parts of the text were illegible and are marked with [illegible].",
    "English, in brackets": "# Seed\n\n(Note: The table on the right was not converted because it is a figure.)",
}
_NOT_THE_PAGE = {
    "attached, English": "It looks like you haven't attached an image. Please share it so I can help.",
    "refused, English": "I cannot transcribe this document because it may contain personal information.",
    "refused, of people": "Sorry, I can't help with identifying people in this image.",
    "refused, Korean": "죄송하지만 이미지를 볼 수 없습니다. 텍스트를 제공해 주시면 도와드리겠습니다.",
    "refused, Portuguese": "Desculpe, mas não consigo ver imagens. Por favor, forneça o texto.",
    "refused, Italian": "Mi dispiace, ma non posso visualizzare le immagini. Può fornire il testo?",
    "refused, Turkish": "Üzgünüm, görselleri göremiyorum. Lütfen metni gönderin.",
    "refused, Vietnamese": "Xin lỗi, tôi không thể xem hình ảnh. Vui lòng cung cấp văn bản.",
    "refused, Swedish": "Tyvärr kan jag inte se bilder. Skicka gärna texten i stället.",
    "refused, Ukrainian": "На жаль, я не можу переглядати зображення. Будь ласка, надайте текст.",
    "refused, Czech": "Omlouvám se, ale nemohu zobrazit obrázky. Prosím, poskytněte text.",
    "described, English": "This is a scanned page from what appears to be an old ledger, with handwritten notes.",
    "described, a title": "A black and white photo of a document with text on it.",
    "described, in place": "In the image, there is a table with several rows.",
    "described, German": "Auf dem Bild ist eine Tabelle mit mehreren Spalten zu sehen.",
    "described, French": "L'image montre un document avec un tableau et quelques paragraphes.",
    "described, Italian": "L'immagine mostra una pagina di un documento, probabilmente una fattura.",
    "summed up": "The provided image is a document page containing text. Here is a summary of the key points:\n\n- The club is old.\n- Members pay.",
    "steps": "To convert this page to HTML, follow these steps:\n\n1. Open the document.\n2. Copy the text.",
    "a bare program": "```python\nimport cv2\nimport pytesseract\nprint(pytesseract.image_to_string(cv2.imread('page.png')))\n```",
    "encoding": "The provided string is a Base64-encoded PNG image. Decoding it yields a picture.",
    "nothing there": "There is no text in this image.",
}
KINDS: Kinds = {**LATEX, **PLACES, **WRAPPED, **TABLES}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in kinds_to_cases(KINDS)])
def test_an_answer_of_a_rarer_kind_is_read_or_refused(case: Page | NoPage) -> None:
    check(case)


@pytest.mark.parametrize("language", _INTRODUCED)
def test_talk_around_the_page_is_taken_off_in_many_languages(language: str) -> None:
    verdict = judge(_INTRODUCED[language])

    assert verdict.accepted().text == "Seed"
    assert verdict.dropped


@pytest.mark.parametrize("kind", _NOT_THE_PAGE)
def test_talk_in_place_of_the_page_is_refused_in_many_languages(kind: str) -> None:
    assert judge(_NOT_THE_PAGE[kind]).reason is REFUSED


@pytest.mark.parametrize(
    "text",
    [
        "This page intentionally left blank.",
        "The table of the house shall be kept by the steward, and no guest shall sit before the bell is rung.",
        "Note: the steward reads the rules aloud once a year.",
        "Table 4: Baseline performance of the model on each of the metrics (completion, process,",
        "Summary\n\nThe club had a good year, and its members helped each other.",
        "You can open the gate with either key. If you need help, ask at the lodge.",
    ],
)
def test_a_page_that_uses_such_words_is_a_page(text: str) -> None:
    verdict = judge(text)

    assert (verdict.reason, verdict.dropped) == (None, ())


def test_rows_of_latex_without_their_begin_are_a_table_in_doubt() -> None:
    page = judge(r"\hline Name & Qty \\ \hline Bolt & 40 \\ \hline Nut & 60 \\ \hline").accepted()

    assert [cell.text for cell in page.tables[0].cells] == ["Name", "Qty", "Bolt", "40", "Nut", "60"]
    assert page.warnings
