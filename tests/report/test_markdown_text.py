"""Texts from anywhere stay texts."""

import pytest

from infra.report.markdown_text import code, plain, without_markup


class TestCode:
    def test_plain_words(self):
        assert code("cx23") == "`cx23`"

    def test_ticks_cannot_end_it(self):
        assert code("a`b``c") == "``` a`b``c ```"

    def test_a_table_cell_stays_one_cell_and_one_line(self):
        assert code("a|b\nc") == "`a\\|b c`"

    def test_nothing(self):
        assert code("") == ""

    def test_a_line_that_ends_elsewhere_and_half_a_character(self):
        assert code("a\x85b\u2028c\ud800d") == "`a b c\ufffdd`"


class TestPlain:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("whole numbers, 3 of 4 (75 %)", "whole numbers, 3 of 4 (75 %)"),
            ("stagecoach:volume_size_gib = 5", "stagecoach:volume_size_gib = 5"),
            ("ask @anna now", "ask `@anna` now"),
            ("a <b>c</b> d", "a `<b>c</b>` d"),
            ("[a](b) ![c](d)", "`[a](b) ![c](d)`"),
            ("see https://a.example/x.", "see `https://a.example/x.`"),
            ("see www.a.example", "see `www.a.example`"),
            ("fixes #12, GH-3", "fixes `#12, GH-3`"),
            ("_a_ b_c **d**", "`_a_` b_c `**d**`"),
            ("a | b", "a `\\|` b"),
            ("is :tada: it", "is `:tada:` it"),
            ("costs $1$", "costs `$1$`"),
            ("- a", "`-` a"),
            ("1. a", "`1.` a"),
            ("a - b", "a - b"),
            ("Put it under `config:`", "Put it under `config:`"),
            ("`a`x`<img>", "`a` `` x`<img> ``"),
            ("one ` alone", "one `` ` `` alone"),
        ],
    )
    def test_what_github_would_make_something_of_is_code(self, text, shown):
        assert plain(text) == shown


def test_inside_of_html():
    assert without_markup("<b>&") == "&lt;b&gt;&amp;"
