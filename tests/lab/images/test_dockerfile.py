"""What a Dockerfile says about its inputs."""

import pytest

from lab.images.dockerfile import copied, fits, instructions, key, pins, starts_from

TEXT = """\
# a comment
FROM lab/debian:trixie AS debian
RUN apt-get update -qq && apt-get install -y -qq redis-server=5:8.0.* \\
    # in between
    prometheus=2.53.3+* && PIP_NO_CACHE_DIR=1 true
FROM scratch
COPY --from=debian /usr/bin/x /x
COPY --chown=1:1 manage.py config /app/
copy one .
"""


class TestReading:
    def test_instructions(self):
        names = [name for name, _ in instructions(TEXT)]
        assert names == ["FROM", "RUN", "FROM", "COPY", "COPY", "COPY"]

    def test_comments_inside_a_command_are_none_of_it(self):
        assert "between" not in dict(instructions(TEXT))["RUN"]

    def test_the_first_from(self):
        assert starts_from(TEXT) == "lab/debian:trixie"

    def test_other_build_stages_are_no_input(self):
        assert copied(TEXT) == ["manage.py", "config", "one"]

    def test_pins(self):
        assert pins(TEXT) == {"redis-server": "5:8.0.*", "prometheus": "2.53.3+*"}


class TestFits:
    @pytest.mark.parametrize(
        ("tag", "version"),
        [
            ("17", "17.*"),
            ("17", "17.12-0+deb13u1"),
            ("8.0", "5:8.0.*"),
            ("8.0", "5:8.0.2-3+deb13u3"),
            ("v2.53.3", "2.53.3+*"),
            ("3.13-slim-bookworm", "3.13.*"),
            ("v1.25.2-p0", "1.25.2-*"),
        ],
    )
    def test_true(self, tag, version):
        assert fits(tag, version)

    @pytest.mark.parametrize(
        ("tag", "version"),
        [
            ("17", "18.*"),
            ("17", "1.7.*"),
            ("v1.9.1", "1.9.0-*"),
            ("v1.9.1", "1.9.*"),  # another version may come
            ("8.0", "8.*"),
            ("1.2", "1.20.*"),
            ("latest", "1.2.*"),
            ("17", "*"),
        ],
    )
    def test_untrue(self, tag, version):
        assert not fits(tag, version)


class TestKey:
    @pytest.fixture
    def context(self, tmp_path):
        (tmp_path / "Dockerfile").write_text("FROM x\nCOPY config one.txt /app/\n")
        (tmp_path / "config").mkdir()
        (tmp_path / "config" / "a.py").write_text("a")
        (tmp_path / "one.txt").write_text("1")
        (tmp_path / "README.md").write_text("read me")
        return tmp_path

    @staticmethod
    def key(context, *inputs):
        return key(context / "Dockerfile", context, *inputs)

    def test_the_same_inputs(self, context):
        assert self.key(context, "base") == self.key(context, "base")

    @pytest.mark.parametrize("name", ["config/a.py", "one.txt", "Dockerfile"])
    def test_what_decides(self, context, name):
        before = self.key(context)
        path = context / name
        path.write_text(path.read_text() + "#\n")
        assert self.key(context) != before

    def test_a_new_file_and_another_mode(self, context):
        keys = [self.key(context)]
        (context / "config" / "b.py").write_text("b")
        keys.append(self.key(context))
        (context / "config" / "b.py").chmod(0o755)
        keys.append(self.key(context))
        assert len(set(keys)) == 3

    def test_what_does_not(self, context):
        before = self.key(context)
        (context / "README.md").write_text("other")
        (context / "config" / "__pycache__").mkdir()
        (context / "config" / "__pycache__" / "a.pyc").write_text("x")
        assert self.key(context) == before

    def test_the_image_below(self, context):
        assert self.key(context, "one") != self.key(context, "two")
