"""What becomes of an answer that contradicts the page's own text, by the setting ``faithful``."""

import pytest
from page_texts import text_to_page_text
from processor_time import processor_seconds

from pipeline.choices import FaithfulAction
from pipeline.errors import EmptyAnswer, ModelRefused, TruncatedAnswer, UnfaithfulAnswer
from pipeline.page_result import Method
from pipeline.vision.answers.judge import MOST_DROPPED, Judge, Judgement, judge
from pipeline.vision.client.exchange import RawAnswer
from pipeline.vision.client.response_body import Usage
from pipeline.vision.faithfulness.page_text import PageText
from pipeline.vision.profiles.profiles import profile_for

PAGE = """Prevalence of disability by age group
Category 2005 2010
All ages 291,099 303,858
With a disability 54,425 56,672
Severe disability 34,947 38,284
Source: Survey of Income and Program Participation, numbers in thousands.
The estimates are based on responses from a sample of the population and may differ from the actual values because
of sampling variability or other factors, so that apparent differences between two or more groups may not be
significant."""
FAITHFUL = """<h2>Prevalence of disability by age group</h2>
<table><thead><tr><th>Category</th><th>2005</th><th>2010</th></tr></thead>
<tr><td>All ages</td><td>291,099</td><td>303,858</td></tr>
<tr><td>With a disability</td><td>54,425</td><td>56,672</td></tr>
<tr><td>Severe disability</td><td>34,947</td><td>38,284</td></tr></table>
<p>Source: Survey of Income and Program Participation, numbers in thousands.</p>
<p>The estimates are based on responses from a sample of the population and may differ from the actual values because
of sampling variability or other factors, so that apparent differences between two or more groups may not be
significant.</p>"""
INVENTED = "<p>Minutes of the village council. The mayor welcomed everybody and opened the window above the garden.</p>"


def asked(text: str, faithful: FaithfulAction, page_text: PageText | None = None, *, whole: bool = True) -> Judgement:
    judge = Judge(profile=profile_for("qwen2.5-vl"), page_text=page_text or text_to_page_text(PAGE), faithful=faithful)
    answer = RawAnswer(
        text=text,
        finish_reason="stop" if whole else "",
        model="qwen2.5-vl",
        usage=Usage(),
        first_token_s=0.1,
        request_s=1.0,
        whole=whole,
    )
    return judge(answer)


def judged(
    text: str, faithful: FaithfulAction, page_text: PageText | None = None, *, whole: bool = True
) -> tuple[str, tuple[str, ...]]:
    content = asked(text, faithful, page_text, whole=whole).content
    assert content.method is Method.VISION
    return content.html, content.warnings


@pytest.mark.parametrize("faithful", list(FaithfulAction))
def test_a_faithful_answer_is_taken_as_it_is(faithful: FaithfulAction) -> None:
    html, warnings = judged(FAITHFUL, faithful)

    assert "data-unseen" not in html
    assert warnings == ()


@pytest.mark.parametrize("faithful", [FaithfulAction.FLAG, FaithfulAction.FALLBACK])
def test_a_changed_number_is_marked_where_it_stands(faithful: FaithfulAction) -> None:
    html, warnings = judged(FAITHFUL.replace("56,672", "58,672"), faithful)

    assert '<td data-unseen="">58,672</td>' in html
    assert html.count("data-unseen") == 1
    assert "58,672" in warnings[0]


def test_an_invented_page_falls_back_only_where_that_is_set() -> None:
    with pytest.raises(UnfaithfulAnswer):
        judged(INVENTED, FaithfulAction.FALLBACK)
    html, warnings = judged(INVENTED, FaithfulAction.FLAG)

    assert "village council" in html
    assert warnings != ()


def test_nothing_is_compared_where_that_is_off_or_the_page_has_no_text() -> None:
    assert judged(INVENTED, FaithfulAction.OFF)[1] == ()
    assert judged(INVENTED, FaithfulAction.FALLBACK, PageText())[1] == ()


def test_an_answer_without_content_is_rejected_whatever_is_set() -> None:
    with pytest.raises(EmptyAnswer):
        judged("  \n ", FaithfulAction.OFF)


@pytest.mark.parametrize("faithful", list(FaithfulAction))
def test_an_answer_whose_end_nobody_has_told_is_taken_where_the_pages_text_shows_it_whole(
    faithful: FaithfulAction,
) -> None:
    _, warnings = judged(FAITHFUL, faithful, whole=False)

    assert warnings == (
        "The server did not say that its answer is whole; it has 100% of the words of the page's own text.",
    )


@pytest.mark.parametrize("faithful", list(FaithfulAction))
@pytest.mark.parametrize("cut", ["<p>The estimates", "<td>38,284</td>", "<p>Source", "of sampling variability"])
def test_one_that_lacks_a_part_of_the_page_is_truncated(faithful: FaithfulAction, cut: str) -> None:
    with pytest.raises(TruncatedAnswer):
        judged(FAITHFUL.partition(cut)[0], faithful, whole=False)


@pytest.mark.parametrize("faithful", list(FaithfulAction))
def test_one_that_no_text_of_the_page_can_show_to_be_whole_is_truncated(faithful: FaithfulAction) -> None:
    with pytest.raises(TruncatedAnswer, match="did not say"):
        judged(FAITHFUL, faithful, PageText(), whole=False)


def test_a_misread_number_is_put_right_and_no_longer_doubted() -> None:
    html, warnings = judged(FAITHFUL.replace("56,672", "58,672"), FaithfulAction.CORRECT)

    assert '<td><span data-was="58,672">56,672</span></td>' in html
    assert "data-unseen" not in html
    assert warnings == ()


def test_an_invented_page_falls_back_where_others_are_corrected() -> None:
    with pytest.raises(UnfaithfulAnswer):
        judged(INVENTED, FaithfulAction.CORRECT)


def test_what_is_thrown_away_is_kept_cut_to_500_characters() -> None:
    thoughts = "Is it 2005 or 2006? " * 60

    taken = asked(f"<think>{thoughts}</think>{FAITHFUL}", FaithfulAction.CORRECT)
    with pytest.raises(ModelRefused) as refused:
        asked(
            f"I'm sorry, but I cannot read this image. {'It is too dark, and too small. ' * 20}",
            FaithfulAction.OFF,
            PageText(),
        )

    assert taken.dropped == thoughts[:500]
    assert (len(refused.value.dropped), MOST_DROPPED) == (500, 500)
    assert refused.value.dropped.startswith("I'm sorry")


def test_one_long_line_with_bars_takes_time_in_proportion_to_its_length() -> None:
    def seconds(count: int) -> float:
        text = "".join(f"w{number} | x " for number in range(count)) + "end"
        return processor_seconds(lambda: judge(text, watched=True))

    seconds(100)
    assert min(seconds(12_000) for _ in range(3)) < 36 * max(0.004, min(seconds(1_000) for _ in range(3)))
