"""Nothing that stands in a stack file or a preview is Markdown, and everything fits."""

from hypothesis import given
from hypothesis import strategies as st

from infra.report.markdown import LIMIT, cut, fit, folded_table, folded_text, table


class TestTable:
    def test_lines(self):
        assert table(("a", "b"), [("1", "2")]) == ["| a | b |", "| --- | --- |", "| 1 | 2 |"]


class TestFolded:
    def test_a_fence_that_the_text_cannot_close(self):
        made = folded_text("diff", "a\n```\nb").render(1000)
        assert "````diff\na\n```\nb\n````\n" in made

    def test_cut_to_whole_lines(self):
        part = folded_table("rows", ("n",), [(str(number),) for number in range(100)])
        made = part.render(300)
        assert len(made) <= 300
        assert "| n |\n| --- |\n| 0 |\n| 1 |" in made
        assert "... cut to fit a comment" in made
        assert made.rstrip().endswith("</details>")

    def test_no_room_at_all(self):
        assert folded_text("diff", "text").render(40) == ""


class TestFit:
    def test_a_short_comment_is_whole(self):
        made = fit(["head", folded_text("diff", "text"), "tail"])
        assert made.startswith("head\n<details>")
        assert made.endswith("tail")
        assert "cut to fit" not in made

    def test_a_long_fold_leaves_the_short_ones_whole(self):
        short = folded_text("short", "\n".join(f"short {number}" for number in range(100)))
        made = fit(["head", folded_text("long", "x" * 80 + "\n" + "line\n" * 50_000), short, "tail"])
        assert len(made) <= LIMIT
        assert len(made) > LIMIT * 0.99
        assert "short 99" in made
        assert made.count("cut to fit") == 1
        assert made.endswith("tail")

    def test_too_long_without_any_fold(self):
        made = fit(["line\n" * 20_000, folded_text("diff", "text")])
        assert len(made) <= LIMIT
        assert made.endswith("the whole text is in the job's log")

    @given(
        st.lists(st.one_of(st.text(max_size=200), st.text(max_size=400).map(lambda text: folded_text("t", text)))),
        st.integers(min_value=200, max_value=2000),
    )
    def test_never_longer_than_the_limit(self, parts, limit):
        assert len(fit(parts, limit)) <= limit


class TestCut:
    def test_short_texts_stay(self):
        assert cut("abc", 3) == "abc"
