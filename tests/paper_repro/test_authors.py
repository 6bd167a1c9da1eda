"""The authors' runs: the table is read from a path, and what is cited is compared with it."""

import pytest

from paper_repro import authors
from paper_repro.authors import CITED, compared, read
from paper_repro.errors import Mendable

HEADER = "run,model,dataset,method,lam,sota,experiment,test_accuracy,steps,gradnorm_all"


def row(cited, norm=""):
    model, sota = cited.model.removesuffix("_sota"), cited.model.endswith("_sota")
    model = "vgg16_bn" if model == "vgg16" else model
    lam = "" if cited.lam is None else cited.lam
    name = "-".join(map(str, cited.key))
    return (
        f"{name},{model},{cited.dataset},{cited.method},{lam},{str(sota).lower()},"
        f"{cited.experiment},{cited.accuracy / 100},{cited.steps},{norm}"
    )


@pytest.fixture
def table(tmp_path):
    def write(*rows):
        path = tmp_path / "runs.csv"
        path.write_text("\n".join([HEADER, *rows]) + "\n")
        return path

    return write


def test_what_is_cited_is_borne_out_or_said(table):
    rows = [row(cited) for cited in CITED]
    assert "not in the file" not in compared(read(table(*rows)))
    said = compared(read(table(*rows[1:])))
    assert said.count("not in the file") == 1
    assert repr(CITED[0]) in said
    for wrong in (rows[0].replace(",160,", ",161,"), rows[0].replace("0.299", "0.2995")):
        said = compared(read(table(wrong, *rows[1:])))
        assert ("not in the file" in said) == (",161," in wrong)


def test_the_rank_of_norms_and_steps(table):
    cold = [row(cited, norm) for cited, norm in zip(CITED[:4], ("", 3, 2, 4), strict=True)]
    (log,) = read(table(*cold))
    assert log.norms_and_steps().rho == pytest.approx(0.5)
    assert "0.50 (p = 1)" in compared([log])
    falling = [row(cited, 1000 - cited.steps) for cited in CITED[:4]]
    (log,) = read(table(*falling))
    assert log.norms_and_steps().rho == pytest.approx(-1.0)
    assert "-1.00 (p = 0.083)" in compared([log])


def test_another_table_is_one_sentence(table, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    for path in (other, table(row(CITED[0]).replace(",160,", ",many,"))):
        with pytest.raises(Mendable, match="is not the table of the authors' runs"):
            read(path)
    assert authors.read(table()) == []
