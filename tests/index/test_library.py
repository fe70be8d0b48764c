"""The shipped indexes: what they hold, what adds up, and that nothing guessed passes as read."""

from functools import cache

import pytest

from chiso.index import Criterion, load_index, shipped_indexes
from chiso.index.lint import lint_index

ICT = "ict-application/2019"
DTI = "dti-province/2022"
EGDI = "egdi/2024"
DTI_MAIN_INDEXES = {
    "digital_awareness": (10, 100),
    "digital_institutions": (11, 100),
    "digital_infrastructure": (7, 100),
    "digital_human_resources": (13, 100),
    "cybersecurity": (12, 100),
    "smart_city": (3, 0),
    "digital_government": (22, 200),
    "digital_economy": (12, 150),
    "digital_society": (8, 150),
}
shipped = cache(load_index)  # reading a file of this length takes a moment
every_index = pytest.mark.parametrize("name", [ICT, DTI, EGDI])


def under(index, top):
    """The criteria below a node of the first level."""
    found = []
    for node in index.leaves:
        above = node
        while above.parent is not None:
            above = index.by_id[above.parent]
        if above.id == top:
            found.append(node.item)
    return found


def test_the_three_indexes_are_shipped():
    assert {ICT, DTI, EGDI} <= set(shipped_indexes())


@every_index
def test_a_shipped_index_loads_under_its_own_name(name):
    assert load_index(name).key == name


@every_index
def test_a_shipped_index_is_free_of_faults_and_its_worked_examples_hold(name):
    assert [str(problem) for problem in lint_index(shipped(name))] == []


@every_index
def test_every_reconstructed_criterion_names_its_origin(name):
    unnamed = [node.id for node in shipped(name).reconstructed if not node.item.origin]
    assert unnamed == []


@every_index
def test_advice_can_be_listed_inside_a_sentence(name):
    pieces = [
        text
        for node in shipped(name).nodes
        for advice in node.item.advice.values()
        for text in (advice.vi, advice.en)
    ]
    assert [text for text in pieces if text.endswith(".") or text[0].isupper()] == []


def test_ict_application_has_six_pillars_in_the_published_order():
    index = shipped(ICT)
    assert {node.id: node.item.points for node in index.top} == {
        "infrastructure": 200,
        "internal_application": 200,
        "portal": 200,
        "online_services": 200,
        "policy": 100,
        "human_resources": 100,
    }
    assert [node.id for node in index.top] == [
        "infrastructure",
        "internal_application",
        "portal",
        "online_services",
        "policy",
        "human_resources",
    ]


def test_ict_application_gives_a_thousand_points():
    index = shipped(ICT)
    assert sum(node.item.full for node in index.leaves) == index.points == 1000


def test_the_portal_pillar_has_information_and_functions():
    points = {node.id: node.item.points for node in shipped(ICT).children("portal")}
    assert points == {"portal_information": 160, "portal_functions": 40}


def test_the_first_ten_portal_rows_are_quoted_and_add_up_to_fifty():
    rows = [node.item for node in shipped(ICT).children("portal_information")][:10]
    assert [row.points for row in rows] == [3, 3, 3, 3, 12, 5, 5, 5, 5, 6]
    assert sum(row.points for row in rows) == 50
    assert {row.provenance for row in rows} == {"quoted"}


def test_the_quoted_infrastructure_rows_keep_their_points():
    index = shipped(ICT)
    quoted = {row.id: row.points for row in under(index, "infrastructure")}
    assert quoted["staff_with_computer"] == quoted["paid_antivirus"] == 20
    assert quoted["bandwidth"] == 40
    assert quoted["wan"] == 50
    assert [part.maximum(50) for part in index.criterion("wan").rule.parts()] == [45, 5]


def test_online_services_are_only_asked_of_bodies_with_procedures():
    rows = under(shipped(ICT), "online_services")
    assert {str(row.applies) for row in rows} == {"procedures > 0"}


def test_every_pillar_of_ict_application_advises_all_four_audiences():
    for node in shipped(ICT).top:
        assert set(node.item.advice) == {"body", "units", "communes", "staff"}, node.id


def test_ict_application_says_what_to_submit_with_each_reported_criterion():
    reported = [
        node.item
        for node in shipped(ICT).leaves
        if isinstance(node.item, Criterion) and node.item.source == "report"
    ]
    assert [row.id for row in reported if not row.evidence.ask.vi] == []


def test_provincial_dti_has_nine_main_indexes_with_their_components_and_points():
    index = shipped(DTI)
    found = {node.id: (len(under(index, node.id)), node.item.points) for node in index.top}
    assert found == DTI_MAIN_INDEXES
    assert list(found) == list(DTI_MAIN_INDEXES)


def test_provincial_dti_has_98_components_and_a_thousand_points():
    index = shipped(DTI)
    assert len(index.leaves) == 98
    assert sum(node.item.full for node in index.leaves) == index.points == 1000


def test_no_component_of_the_provincial_dti_passes_as_quoted():
    index = shipped(DTI)
    assert len(index.reconstructed) == len(index.leaves)


def test_smart_city_components_are_asked_but_not_scored():
    assert [row.full for row in under(shipped(DTI), "smart_city")] == [0, 0, 0]


def test_egdi_is_an_unweighted_mean_of_three_published_indexes():
    index = shipped(EGDI)
    assert (index.aggregate.by, index.aggregate.mean) == ("weights", "arithmetic")
    assert {node.id: node.item.weight for node in index.leaves} == {
        "online_services": 1,
        "infrastructure": 1,
        "human_capital": 1,
    }
    assert {node.item.source for node in index.leaves} == {"published"}
