# ruff: noqa: E501, RUF001 — an answer stands on one line, as models write it
"""Every kind of answer that is known to come out wrong, each in three forms: read as the page, or refused.

The kinds are those of answers that people have posted; everything in them is made up.
"""

import pytest
from answer_kinds import Kinds, NoPage, Page, check, kinds_to_cases

from pipeline.page_result import FallbackReason
from pipeline.vision.answers.judge import judge

REFUSED, MALFORMED, EMPTY = FallbackReason.REFUSED, FallbackReason.MALFORMED, FallbackReason.EMPTY

LATEX: Kinds = {
    "multirow with placeholders below": (
        Page(
            r"\begin{tabular}{|l|c|c|}\hline \multirow{2}{*}{Lock} & \multicolumn{2}{c|}{Boats} \\ \cline{2-3} & Up & Down \\"
            r" \hline Weir & 12 & 9 \\ \hline\end{tabular}",
            ("Lock|Boats|Boats;Lock|Up|Down;Weir|12|9",),
        ),
        Page(
            r"\begin{tabular}{lll}Bed & \multirow{3}{2cm}{Roses} & 4\\ Pot & & 5\\ Tub & & 6\\\end{tabular}",
            ("Bed|Roses|4;Pot|Roses|5;Tub|Roses|6",),
        ),
        Page(
            r"\begin{tabularx}{\textwidth}{lX}\multirow[c]{2}{*}{\textbf{Dye}} & red \\ & blue \\ Ink & black\end{tabularx}",
            ("Dye|red;Dye|blue;Ink|black",),
        ),
    ),
    "multirow inside multicolumn, old styles": (
        Page(
            r"\begin{tabular}{l@{\hskip 0.1in}cc}\multicolumn{1}{c}{\multirow{2}{*}{Ferry}} & \multicolumn{2}{c}{\bf Cars} \\"
            r"\multicolumn{1}{c}{} & Mon & Tue \\ \hline Ida & 3 & 5 \\\end{tabular}",
            ("Ferry|Cars|Cars;Ferry|Mon|Tue;Ida|3|5",),
        ),
        Page(r"\begin{tabular}{cc}{\bf Oak} & {\it Elm}\\ 7 & 8\end{tabular}", ("Oak|Elm;7|8",)),
        Page(r"\begin{tabular}{cc}\small Ash & \centering Yew\\ 1 & 2\end{tabular}", ("Ash|Yew;1|2",)),
    ),
    "a block of rows and columns": (
        Page(
            r"\begin{tabular}{|c|c|c|}\hline \multicolumn{2}{|c|}{\multirow{2}{*}{Yard}} & Old \\ \cline{3-3}"
            r"\multicolumn{2}{|c|}{} & New \\ \hline N & S & 4 \\ \hline\end{tabular}",
            ("Yard|Yard|Old;Yard|Yard|New;N|S|4",),
        ),
        Page(
            r"\begin{tabular}{ccc}a & \multicolumn{2}{c}{\multirow{2}{*}{b}}\\ c & \multicolumn{2}{c}{}\\ d & e & f\end{tabular}",
            ("a|b|b;c|b|b;d|e|f",),
        ),
        Page(
            r"\begin{tabular}{ccc}\multicolumn{2}{c}{\multirow{2}{*}{b}} & c\\ & & d\\ e & f & g\end{tabular}",
            ("b|b|c;b|b|d;e|f|g",),
        ),
    ),
    "line breaks inside of cells": (
        Page(
            r"\begin{tabular}{cc}\thead{Pump\\ room} & \makecell[l]{Last\\ test} \\ A & B\end{tabular}",
            ("Pump room|Last test;A|B",),
        ),
        Page(r"\begin{tabular}{cc}\shortstack{a\\ b} & c\\ d & e\\\end{tabular}", ("a b|c;d|e",)),
        Page(r"\begin{tabular}{cc}\begin{tabular}{@{}c@{}}x\\ y\end{tabular} & z\\ 1 & 2\end{tabular}", ("x y|z;1|2",)),
    ),
    "column settings and a caption with a command": (
        Page(
            r"\begin{table}[h]\begin{tabular}{p{2cm} p{1cm}<{\centering}}Kiln & t\\ \hline K1 & 5\\\end{tabular}"
            r"\caption{Lime of \textbf{both} kilns}\end{table}",
            ("Kiln|t;K1|5",),
            ("Lime of both kilns",),
        ),
        Page(
            r"\begin{table}\caption{\label{t} Salt by \emph{pan}}\begin{tabular}{>{\bfseries}lr}A & 1\end{tabular}\end{table}",
            ("A|1",),
            ("Salt by pan",),
        ),
        Page(r"\begin{tabular}{|>{\raggedright\arraybackslash}m{3cm}|c|}\hline A & 1\\ \hline\end{tabular}", ("A|1",)),
    ),
    "LaTeX of a whole document": (
        Page(
            "\\title{\nHerb Garden\n}\n\\section*{2. Beds}\nDug twice.\n\\begin{tabular}{|l|l|}\\hline Mint & 4\\\\ \\hline Sage & 6"
            "\\\\\\hline\\end{tabular}\n\\begin{itemize}\n\\item no dogs\n\\item no balls\n\\end{itemize}",
            ("Mint|4;Sage|6",),
            ("Herb Garden", "2. Beds", "Dug twice.", "no dogs", "no balls"),
        ),
        Page(
            "\\documentclass{article}\n\\begin{document}\n\\section{Rules}\nText of 5% here.\n\\end{document}",
            (),
            ("Rules", "Text of 5% here."),
        ),
        Page(
            "\\subsection{Gates}\n\n\\begin{enumerate}\\item north\\item south\\end{enumerate}\n\nShut at ten.",
            (),
            ("Gates", "north", "south", "Shut at ten."),
        ),
    ),
    "formulas between dollars with blanks": (
        Page(
            "<table><tr><td>Rise $ \\uparrow $</td><td>$ h_{max} = 2 $</td></tr></table>\n\nIt cost $ 30 or $ 35.",
            (r"Rise \uparrow|h_{max} = 2",),
            ("It cost $ 30 or $ 35.",),
        ),
        Page("The rate is $ \\beta_1 $ here.", (), (r"The rate is \beta_1 here.",)),
        Page("Fare $ 4 and then $ x^2 $ more.", (), ("Fare $ 4 and then x^2 more.",)),
    ),
    "rules give the head": (
        Page(r"\begin{tabular}{ll}\hline Cup & No.\\ \hline Tin & 4\\ \hline\end{tabular}", ("Cup|No.;Tin|4",)),
        Page(
            r"\begin{tabular}{ll}\toprule Cup & No.\\ \midrule Tin & 4\\ \bottomrule\end{tabular}", ("Cup|No.;Tin|4",)
        ),
        Page(
            r"\begin{tabular}{ll}\hline Cup & No.\\ \hline\hline Tin & 4\\ \hline\end{tabular}",
            ("Cup|No.;Tin|4",),
        ),
    ),
}
PLACES: Kinds = {
    "labels that a server has left over": (
        Page(
            "title[[12, 6, 78, 10]]\n# Bee Club\n\ntext[[12, 13, 80, 16]]\nAll sums in marks.\n\ntable[[1, 2, 3, 4]]\n"
            "<table><tr><td>In</td><td>310</td></tr></table>\n\nimage[[3, 5, 9, 6]]",
            ("In|310",),
            ("Bee Club", "All sums in marks."),
        ),
        Page(
            "sub_title[[12, 6, 78, 10]]\nRain\n\ntext [[12,13,80,16], [12,20,80,24]]\nWet year.",
            (),
            ("Rain", "Wet year."),
        ),
        Page(
            "header[120, 60, 878, 101]\nTown Hall\n\ntext[120, 70, 878, 99]\nOpen at nine.",
            (),
            ("Town Hall", "Open at nine."),
        ),
    ),
    "places and classes behind the text": (
        Page(
            "</s><s><x_0.05><y_0.03>Quay Dues<x_0.4><y_0.06><class_Title>\n\n<x_0.05><y_0.1>From May.<x_0.5><y_0.2><class_Text>\n\n"
            "<x_0.1><y_0.3>\\begin{tabular}{cc}\nBoat & Due \\\\\nPunt & 4.50 \\\\\n\\end{tabular}<x_0.6><y_0.4><class_Table></s>",
            ("Boat|Due;Punt|4.50",),
            ("Quay Dues", "From May."),
        ),
        Page(
            "<x_0.1><y_0.1>One<x_0.2><y_0.2><class_Section-header>\n<x_0.1><y_0.3>Two<x_0.2><y_0.4><class_Text>",
            (),
            ("One", "Two"),
        ),
        Page(
            "<x_0.1><y_0.1><x_0.2><y_0.2><class_Picture>\n<x_0.1><y_0.3>Under it<x_0.2><y_0.4><class_Caption>",
            (),
            ("Under it",),
        ),
    ),
    "places and layout classes before the text": (
        Page(
            "<x_80><y_40><x_90><y_50><LAYOUT_TITLE># Tides<x_8><y_12><x_9><y_40><LAYOUT_TABLE><otsl><fcel>Day<fcel>High<nl>"
            "<fcel>1<fcel>4:12<nl></otsl><x_8><y_42><x_9><y_48><LAYOUT_TEXT>Summer time.",
            ("Day|High;1|4:12",),
            ("Tides", "Summer time."),
        ),
        Page("<x_1><y_2><x_3><y_4><LAYOUT_TEXT>One.<x_1><y_5><x_3><y_6><LAYOUT_TEXT>Two.", (), ("One.", "Two.")),
        Page("<x_1><y_2><x_3><y_4><LAYOUT_FIGURE><x_1><y_5><x_3><y_6><LAYOUT_TEXT>Three.", (), ("Three.",)),
    ),
    "coordinates behind a picture": (
        Page("# Wind\n\n![image](image_1.png)11,24,88,65\n\nMean speed.", (), ("Wind", "Mean speed.")),
        Page("Fog.\n\n![image](image_2.png) 90,700,500,900", (), ("Fog.",)),
        Page("![figure](a.png)1.5, 2.5, 3.5, 4.5\n\nHail.", (), ("Hail.",)),
    ),
    "corners behind each text": (
        Page(
            "Receipt(312,22),(493,49)Bread 3.20(40,80),(300,104)\nSum 7.45(40,120),(300,144)",
            (),
            ("Receipt", "Bread 3.20", "Sum 7.45"),
        ),
        Page("Milk(1, 2), (3, 4)\nEggs(5, 6), (7, 8)", (), ("Milk", "Eggs")),
        Page("Till 2(1,2),(3,2),(3,4),(1,4)\nPaid(5,6),(7,6),(7,8),(5,8)", (), ("Till 2", "Paid")),
    ),
    "reference and box tags": (
        Page(
            "<ref>Sum</ref><box>[[120, 340, 560, 380]]</box> 85.00\n<ref>On</ref><box>[[1, 2, 3, 4]]</box> 3 May",
            (),
            ("Sum 85.00", "On 3 May"),
        ),
        Page("<ref>Gate</ref><box>(1,2),(3,4)</box>\n<ref>Row</ref><box>(5,6),(7,8)</box>", (), ("Gate", "Row")),
        Page("Name <bbox>[1, 2, 3, 4]</bbox>\n\nDate <quad>1,2,3,4,5,6,7,8</quad>", (), ("Name", "Date")),
    ),
    "location tokens behind each text": (
        Page(
            "Row 1<|LOC_7|><|LOC_6|><|LOC_4|><|LOC_6|>Seat 2<|LOC_7|><|LOC_9|><|LOC_4|><|LOC_9|>",
            (),
            ("Row 1", "Seat 2"),
        ),
        Page(
            "<|TEXT_START|>A 4<|TEXT_END|><|LOC_BEGIN|><|LOC_7|><|LOC_8|><|LOC_END|><|TEXT_START|>B 5<|TEXT_END|>",
            (),
            ("A 4", "B 5"),
        ),
        Page("<loc_1><loc_2>Deck C<|LOC_3|><|LOC_4|>Deck D<|LOC_5|><|LOC_6|>", (), ("Deck C", "Deck D")),
    ),
    "boxes as tokens": (
        Page(
            "<|box_start|>060 040 940 090<|box_end|><|ref_start|>title<|ref_end|><|rotate_up|>Bells\n<|box_start|>1 2 3 4<|box_end|>"
            "<|ref_start|>table<|ref_end|><|rotate_up|><fcel>Bell<fcel>kg<nl><fcel>Tom<fcel>640<nl>",
            ("Bell|kg;Tom|640",),
            ("Bells",),
        ),
        Page(
            "<|ref|>text<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>\nOne.\n<|ref|>text<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>\nTwo.",
            (),
            ("One.", "Two."),
        ),
        Page("<|ref|>Total 5<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>", (), ("Total 5",)),
    ),
    "nothing but coordinates": (
        NoPage("(88,41),(912,655)", EMPTY),
        NoPage("<box>[[1, 2, 3, 4]]</box>", EMPTY),
        NoPage("<|box_start|>1 2 3 4<|box_end|><|box_start|>5 6 7 8<|box_end|>", EMPTY),
    ),
    "broken tokens": (
        NoPage("]]<|txtMask fill:#>\n<|txtMask fill:#>\n<]|content_end|>", EMPTY),
        NoPage("<|reserved_token_5|><|pad|><|pad|>", EMPTY),
        NoPage("<unused32><unused7>\n<|im_end|>", EMPTY),
    ),
    "cells that a server has run together": (
        NoPage('table[[1, 2, 3, 4]]\n<table>GuestOneTenAdult4.5038.00<td colspan="2">Card95.00</table>', MALFORMED),
        NoPage("<table>Name Sum Ada 4 Bob 5</table>", MALFORMED),
        NoPage("<p>Fees</p><table><tr>Boat4.50</tr><tr>Punt6.00</tr></table>", MALFORMED),
    ),
    "DocTags that a server has stripped": (
        NoPage("<loc_3><loc_9>ORDER 7\n<loc_1><loc_3>Part Pieces Bolt 40", MALFORMED),
        NoPage("<loc_1><loc_2><loc_3><loc_4>A 1 B 2\n<loc_5><loc_6><loc_7><loc_8>C 3", MALFORMED),
        NoPage("<loc_1><loc_2>Tin <br> 4\n<loc_1><loc_2>Zinc <br> 6\n<loc_1><loc_2>Lead", MALFORMED),
    ),
}
TOKENS: Kinds = {
    "OTSL with text between the tables": (
        Page(
            "Prices\n<fcel>Room<fcel>48<nl><fcel>Hall<fcel>71<nl>\n\nWith breakfast.\n\n<fcel>Dog<fcel>6<nl><fcel>Cat<fcel>3<nl>\nShut in May",
            ("Room|48;Hall|71", "Dog|6;Cat|3"),
            ("Prices", "With breakfast.", "Shut in May"),
        ),
        Page("<fcel>a<fcel>1<nl>\nNote one.\n<fcel>b<fcel>2<nl>", ("a|1", "b|2"), ("Note one.",)),
        Page("<otsl><fcel>a<fcel>1<nl></otsl>\nNote.\n<otsl><fcel>b<fcel>2<nl></otsl>", ("a|1", "b|2"), ("Note.",)),
    ),
    "OTSL with tags that close themselves": (
        Page("<otsl><ched>Bay<ched>No.<nl/><fcel>A<fcel>14<nl/></otsl>", ("Bay|No.;A|14",)),
        Page("<fcel>a<fcel>b<nl /><fcel>c<fcel>d<nl />", ("a|b;c|d",)),
        Page("<otsl><fcel/>a<fcel/>b<nl/><ecel/><fcel/>d<nl/></otsl>", ("a|b;|d",)),
    ),
    "OTSL with spans": (
        Page(
            "<fcel>Q<fcel>Heat<lcel><nl><ucel><fcel>Gas<fcel>Oil<nl><fcel>1<fcel>80<fcel>12<nl>",
            ("Q|Heat|Heat;Q|Gas|Oil;1|80|12",),
        ),
        Page("<otsl><fcel>a<lcel><nl><ucel><xcel><nl><fcel>b<fcel>c<nl></otsl>", ("a|a;b|c",)),
        Page(
            "<otsl><rhed>May<fcel>61<nl><srow>Summer<lcel><nl><rhed>June<fcel>44<nl></otsl>",
            ("May|61;Summer|Summer;June|44",),
        ),
    ),
    "DocTags with classes and fields": (
        Page(
            "<doctag><section_header_level_1><loc_4><loc_3>Rain</section_header_level_1><picture><loc_4><loc_6><bar_chart><caption>"
            "<loc_4><loc_5>By month</caption></picture><key_value_region><key_0><loc_4>Place<value_0><loc_9>Hill</key_value_region></doctag>",
            (),
            ("Rain", "By month", "Place", "Hill"),
        ),
        Page(
            "<doctag><picture><loc_1><loc_2><logo></picture><text><loc_1><loc_2>Words</text></doctag>", (), ("Words",)
        ),
        Page("<doctag><chart><loc_1><loc_2><line_chart><otsl><fcel>a<fcel>1<nl></otsl></chart></doctag>", ("a|1",)),
    ),
    "signs escaped twice": (
        Page("<fcel>Grain<fcel>%<nl><fcel>&amp;lt; 2 mm<fcel>61<nl>", ("Grain|%;< 2 mm|61",)),
        Page("<table><tr><td>a &amp;gt; b</td><td>R&amp;amp;D</td></tr></table>", ("a > b|R&D",)),
        Page("Value &amp;lt; 5", (), ("Value < 5",)),
    ),
    "thoughts between brackets": (
        Page("[THINK]Is it 3 or 8? 3.[/THINK]# Cable Car\n\nUp 5,10", (), ("Cable Car", "Up 5,10")),
        Page("<think>hm</think>\n<|begin_of_box|>Ida 910<|end_of_box|>", (), ("Ida 910",)),
        Page("[THINK]One [/THINK][THINK]Two[/THINK]Words of it", (), ("Words of it",)),
    ),
    "thoughts in a channel": (
        Page(
            "<|channel>thought\nIs it 1987?\n<channel|># Pier\n\n| a | b |\n|---|---|\n| 1 | 2 |<turn|>",
            ("a|b;1|2",),
            ("Pier",),
        ),
        Page("<|channel>thought\n<channel|><p>Toll list</p>", (), ("Toll list",)),
        Page("<|channel|>analysis<|message|>hm<|channel|>final<|message|># Pier", (), ("Pier",)),
    ),
    "marks of the turn": (
        Page("<|header_start|>assistant<|header_end|>\n\n<h1>Seeds</h1><|eot|>", (), ("Seeds",)),
        Page("<|turn>model\nSeeds of rye<turn|>", (), ("Seeds of rye",)),
        Page("<|start_header_id|>assistant<|end_header_id|>\n\nSeeds of oats<|eot_id|>", (), ("Seeds of oats",)),
    ),
}
TABLES: Kinds = {
    "marks of cells that go on": (
        Page(
            "<table><tr><td>Branch</td><td><l></td><td>2023</td></tr><tr><td>Town</td><td>Staff</td><td>41</td></tr>"
            "<tr><td><t></td><td>Visits</td><td>82</td></tr></table>",
            ("Branch|Branch|2023;Town|Staff|41;Town|Visits|82",),
        ),
        Page(
            "<table><tr><td>a</td><td><l></td></tr><tr><td><t></td><td><lt></td></tr><tr><td>b</td><td>c</td></tr></table>",
            ("a|a;b|c",),
        ),
        Page("<table><tr><td>x</td><td>y</td></tr><tr><td>1</td><td><t></td></tr></table>", ("x|y;1|y",)),
    ),
    "layout JSON without boxes": (
        Page(
            '[{"category": "Title", "text": "# Bays"}, {"category": "Table", "text": "<table><tr><td>E</td><td>2</td></tr></table>"}, '
            '{"category": "Picture"}, {"category": "Text", "text": "For \\"buses\\"."}]',
            ("E|2",),
            ("Bays", 'For "buses".'),
        ),
        Page(
            '[{"type": "heading", "content": "Bays"}, {"type": "paragraph", "content": "Free."}]', (), ("Bays", "Free.")
        ),
        Page('{"blocks": [{"label": "text", "text": "One"}, {"label": "text", "text": "Two"}]}', (), ("One", "Two")),
    ),
    "tables as JSON rows": (
        Page(
            '{"title": "Repairs", "tables": [{"headers": ["Tool", "Cost"], "rows": [["Saw", "41.00"]]}], "notes": "Without work."}',
            ("Tool|Cost;Saw|41.00",),
            ("Repairs", "Without work."),
        ),
        Page(
            '```json\n[{"Tool": "Saw", "Cost": 41.50}, {"Tool": "Axe", "Cost": 18.00}]\n```',
            ("Tool|Cost;Saw|41.50;Axe|18.00",),
        ),
        Page('[["Tool", "Cost"], ["Saw", "41"]]', ("Tool|Cost;Saw|41",)),
    ),
    "a page in a JSON object": (
        Page(
            '{"primary_language": "en", "natural_text": "Log\\n\\n| a | b |\\n|---|---|\\n| 1 | 2 |"}',
            ("a|b;1|2",),
            ("Log",),
        ),
        Page('{"markdown": "# Log\\n\\nOne."}', (), ("Log", "One.")),
        Page('{"pages": [{"text": "One."}, {"text": "Two."}]}', (), ("One.", "Two.")),
    ),
    "bars inside of cells": (
        Page(
            "| Bay | m | Fee | Paid |\n|---|---|---|---|\n| B1 |west| | 6.5 | 40 | yes |",
            ("Bay|m|Fee|Paid;B1 |west||6.5|40|yes",),
        ),
        Page("| a | b |\n| - | - |\n| x|y | z |\n| p | q |", ("a|b;x|y|z;p|q",)),
        Page("| a | b |\n|---|---|\n| x \\| y | z |", ("a|b;x | y|z",)),
    ),
    "empty lines between the rows": (
        Page(
            "| Rope | m |\n\n| --- | --- |\n\n| R8 | 50 |\n\n| R9 | 60 |\n\nTested.",
            ("Rope|m;R8|50;R9|60",),
            ("Tested.",),
        ),
        Page("| a | b |\n|---|---|\n\n| 1 | 2 |\n| 3 | 4 |", ("a|b;1|2;3|4",)),
        Page("| a | b |\n|---|---|\n| 1 | 2 |\n\n| c | d |\n|---|---|\n| 3 | 4 |", ("a|b;1|2", "c|d;3|4")),
    ),
    "a grid of signs": (
        Page("+---+---+\n| a | b |\n+===+===+\n| 1 | 2 |\n+---+---+\n| 3 | 4 |\n+---+---+", ("a|b;1|2;3|4",)),
        Page("+----+----+\n| a  | b  |\n+----+----+\n| 1  | 2  |\n| 3  | 4  |\n+----+----+", ("a|b;1|2;3|4",)),
        Page(
            "+---+-----+\n| a | b   |\n+---+-----+\n| 1 | two |\n|   | on  |\n+---+-----+\n| 3 | 4   |\n+---+-----+",
            ("a|b;1|two on;3|4",),
        ),
    ),
    "a table of box characters": (
        Page(
            "Hours\n\n┌─────┬──────┐\n│ Day │ Open │\n├─────┼──────┤\n│ Mon │ 9-12 │\n│ Fri │ 14   │\n└─────┴──────┘",
            ("Day|Open;Mon|9-12;Fri|14",),
            ("Hours",),
        ),
        Page("╔═══╦═══╗\n║ a ║ b ║\n╠═══╬═══╣\n║ 1 ║ 2 ║\n╚═══╩═══╝", ("a|b;1|2",)),
        Page("┏━━━┳━━━┓\n┃ a ┃ b ┃\n┡━━━╇━━━┩\n│ 1 │ 2 │\n└───┴───┘", ("a|b;1|2",)),
    ),
    "a cell on two lines": (
        Page(
            "| Class | Held | Fee |\n|---|---|---|\n| Clay | Monday,\nroom 4 | 60 |\n| Loom | Friday | 75 |",
            ("Class|Held|Fee;Clay|Monday, room 4|60;Loom|Friday|75",),
        ),
        Page("| a | b |\n|---|---|\n| one\ntwo | 2 |", ("a|b;one two|2",)),
        Page("| a | b |\n|---|---|\n| 1 | one\ntwo\nthree |", ("a|b;1|one two three",)),
    ),
    "rows longer than the head, and money": (
        Page(
            "| S | Site | V |\n|---|---|---|\n| 1 | Roof | 4 | 5 |\n| 2 | Yard | 6 | 7 |\n\nKept: $138 and $1,041.",
            ("S|Site|V|;1|Roof|4|5;2|Yard|6|7",),
            ("Kept: $138 and $1,041.",),
        ),
        Page("| a |\n|---|\n| 1 | 2 |\n| 3 | 4 |", ("a|;1|2;3|4",)),
        Page("| a | b |\n|---|---|\n| 1 | 2 | 3 |", ("a|b|;1|2|3",)),
    ),
    "a whole table on one line": (
        Page("| a | b | |---|---| | 1 | 2 | | 3 | 4 |", ("a|b;1|2;3|4",)),
        Page("Sums:\n\n| a | b | c | |:--|---|--:| | 1 | | 3 |", ("a|b|c;1||3",), ("Sums:",)),
        Page("| x | y | | --- | --- | | 5 | 6 |", ("x|y;5|6",)),
    ),
    "CSV in a fence": (
        Page('By year\n\n```csv\nYear,Riders\n2021,"14,200"\n```', ("Year|Riders;2021|14,200",), ("By year",)),
        Page("```csv\nYear;Riders\n2021;14,5\n```", ("Year|Riders;2021|14,5",)),
        Page("```tsv\nYear\tRiders\n2021\t14\n```", ("Year|Riders;2021|14",)),
    ),
    "tables of divs": (
        Page(
            '<div class="table"><div class="row"><div class="cell">a</div><div class="cell">b</div></div>'
            '<div class="row"><div class="cell">1</div><div class="cell">2</div></div></div>',
            ("a|b;1|2",),
        ),
        Page(
            '<div role="table"><div role="row"><span role="columnheader">a</span><span role="columnheader">b</span></div>'
            '<div role="row"><span role="cell">1</span><span role="cell">2</span></div></div>',
            ("a|b;1|2",),
        ),
        Page(
            '<div style="display: table"><div style="display: table-row"><div style="display: table-cell">a</div></div>'
            '<div style="display: table-row"><div style="display: table-cell">1</div></div></div>',
            ("a;1",),
        ),
    ),
    "HTML that ends in a tag": (
        Page("<table><tr><td>Tram</td><td>31</td></tr><tr><td>Bus</td><td>18</td></tr><tr><td", ("Tram|31;Bus|18",)),
        Page("<p>One.</p>\n<table><tr><td>a</td><td>1</td></tr></tab", ("a|1",), ("One.",)),
        Page("<p>One.</p>\n<p>Two.</p", (), ("One.", "Two.")),
    ),
    "an answer escaped as a whole": (
        Page(
            "&lt;h1&gt;Rink&lt;/h1&gt;\n&lt;table&gt;&lt;tr&gt;&lt;td&gt;5&lt;/td&gt;&lt;td&gt;3&lt;/td&gt;&lt;/tr&gt;&lt;/table&gt;",
            ("5|3",),
            ("Rink",),
        ),
        Page("&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;1 &amp;lt; 2&lt;/p&gt;", (), ("One.", "1 < 2")),
        Page("<p>Write &lt;b&gt; and &lt;i&gt; and &lt;u&gt;.</p>", (), ("Write <b> and <i> and <u>.",)),
    ),
    "a fence within a fence": (
        Page("```markdown\n# A\n\n```html\n<table><tr><td>1</td></tr></table>\n```\n\nB.\n```", ("1",), ("A", "B.")),
        Page("```markdown\n```html\n<p>Ape</p>\n```\n```", (), ("Ape",)),
        Page("````md\n# A\n```html\n<p>B</p>\n```\n````", (), ("A", "B")),
    ),
}
TALK: Kinds = {
    "introduction and closing remark": (
        Page(
            "Hier ist die Transkription der Seite:\n\n<h1>Werk</h1>\n\nIch hoffe, das hilft! Wenn Sie weitere Hilfe brauchen, sagen Sie es mir.",
            (),
            ("Werk",),
        ),
        Page(
            "以下是图片中文档的内容：\n\n| 品名 | 数量 |\n|---|---|\n| 螺母 | 60 |\n\n希望以上内容对您有帮助！",
            ("品名|数量;螺母|60",),
        ),
        Page(
            "Voici la transcription du document :\n\n<p>Marché</p>\n\nN'hésitez pas à me demander si vous avez besoin d'autre chose.",
            (),
            ("Marché",),
        ),
    ),
    "introduction in further languages": (
        Page("Aquí está la transcripción de la página:\n\n<p>Mercado</p>", (), ("Mercado",)),
        Page("Ecco il testo estratto dall'immagine:\n\n# Mercato", (), ("Mercato",)),
        Page("Вот текст, извлечённый из изображения:\n\n# Рынок", (), ("Рынок",)),
    ),
    "refusals": (
        NoPage("对不起，我无法查看图片。请您提供文字内容。", REFUSED),
        NoPage(
            "Es tut mir leid, aber ich kann keine Bilder sehen. Bitte laden Sie das Dokument als Text hoch.", REFUSED
        ),
        NoPage("Lo siento, pero no puedo ver imágenes. ¿Puede usted proporcionar el texto?", REFUSED),
    ),
    "talk about the picture's encoding": (
        NoPage("You have sent me a picture as a base64 string. I can decode it, and the file is a PNG.", REFUSED),
        NoPage("The image is encoded in base64. To see it, you need a program that decodes it into a JPEG.", REFUSED),
        NoPage("Dieses Bild ist als Base64 kodiert. Ich kann Ihnen zeigen, wie Sie es in ein PNG umwandeln.", REFUSED),
    ),
    "descriptions": (
        NoPage(
            "The image shows a scanned form with many fields. It seems to be meant for a household.\n\n* The head is bold.",
            REFUSED,
        ),
        NoPage("This image appears to be a page of a ledger. The text is too small to be read.", REFUSED),
        NoPage("Das Bild zeigt ein Formular, vermutlich von einem Amt. Die Schrift ist klein.", REFUSED),
    ),
    "summaries": (
        NoPage(
            "The image you shared is a page of a brochure.\n\n### Main Points\n1. **Walks**: of any length.\n\nIn summary, it is useful.",
            REFUSED,
        ),
        NoPage("The picture presents a page of a menu. You can see soups and bread, and the mood is warm.", REFUSED),
        NoPage("图片显示的是一份菜单，可能来自一家餐馆。内容包括汤和面包。", REFUSED),
    ),
    "programs": (
        NoPage(
            "To convert the image to HTML you can use OCR:\n```python\nimport pytesseract\nfrom PIL import Image\n```",
            REFUSED,
        ),
        NoPage(
            "要把图片转换成HTML，可以使用Python。\n```bash\npip install pytesseract\n```\n```python\nimport pytesseract\n```",
            REFUSED,
        ),
        NoPage(
            "This extracts text from the picture:\n```js\nconst t = require('tesseract')\nfunction read(file) {}\n```",
            REFUSED,
        ),
    ),
    "letters and pages that speak to somebody": (
        Page(
            "Dear Sir,\n\nI cannot come on Monday. Please send my regards to your wife.\n\nYours, A. Roe",
            (),
            ("I cannot come on Monday. Please send my regards to your wife.",),
        ),
        Page(
            "# Look at the picture\n\nWhat can you see? Write five words.\n\n1. a dog\n2. a house",
            (),
            ("What can you see? Write five words.",),
        ),
        Page(
            "The image of the saint was carried through the town on the second day of the feast.",
            (),
            ("The image of the saint was carried through the town on the second day of the feast.",),
        ),
    ),
    "pages that speak of pictures": (
        Page(
            "Photo by J. Roe\n\nThe harbour in winter. You can see the lighthouse.",
            (),
            ("The harbour in winter. You can see the lighthouse.",),
        ),
        Page(
            "Image rights: all images belong to the museum. Please contact us for copies.",
            (),
            ("Image rights: all images belong to the museum. Please contact us for copies.",),
        ),
        Page(
            "# Consent\n\nI agree that my image may be used. I understand that you may publish it.",
            (),
            ("Consent", "I agree that my image may be used. I understand that you may publish it."),
        ),
    ),
}
KINDS: Kinds = {**LATEX, **PLACES, **TOKENS, **TABLES, **TALK}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in kinds_to_cases(KINDS)])
def test_an_answer_of_this_kind_is_read_or_refused(case: Page | NoPage) -> None:
    check(case)


@pytest.mark.parametrize("form", range(3))
def test_a_table_between_rules_has_its_head(form: int) -> None:
    case = LATEX["rules give the head"][form]

    assert judge(case.answer).accepted().tables[0].header_rows == 1
